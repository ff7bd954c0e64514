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

enum class RowSequence : std::uint8_t {
  kInTurn,       // all rows of the first part, then those of the second, ...
  kAlternating,  // the first row of each part, then the second of each, ...
  // Parts: latent key up-projections W_k and value up-projections, by head. For
  // each head the rows of W_k^T, then those of the value's.
  kLatentHeads,
};

// One matrix of a tensor, out of matrices of the checkpoint.
struct ExportMatrix {
  std::vector<MatrixView> parts;  // borrow from the checkpoint
  RowSequence sequence = RowSequence::kInTurn;
  bool transposed = false;  // columns are written, not rows
  std::int64_t heads = 0;   // of kLatentHeads
};

// One tensor: its matrices, one after another.
struct ExportTensor {
  TensorSpec spec;
  std::vector<ExportMatrix> matrices;
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
