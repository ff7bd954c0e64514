// Which tensors an exported folder holds, and where their values come from.
#ifndef SPACEMOE_MODELS_CHECKPOINT_EXPORT_PLAN_H_
#define SPACEMOE_MODELS_CHECKPOINT_EXPORT_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/model_weights.h"
#include "models/checkpoint/safetensors_writer.h"
#include "models/tensor/matrix_view.h"

namespace spacemoe {

// One tensor: the rows of its sources, one after another.
struct ExportTensor {
  TensorSpec spec;
  std::vector<MatrixView> sources;  // borrow from the checkpoint
};

// In the order of the family's table. `widened`: the type of tensors with a
// quantised source; sources of different plain types become float32.
absl::StatusOr<std::vector<ExportTensor>> PlanExport(
    const Checkpoint& checkpoint, SafetensorsType widened);

// Cuts the list into files of at most `max_bytes`, or of one tensor.
std::vector<std::vector<ExportTensor>> SplitIntoShards(
    std::vector<ExportTensor> tensors, std::int64_t max_bytes);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_EXPORT_PLAN_H_
