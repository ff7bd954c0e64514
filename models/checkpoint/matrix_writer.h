// Matrices of an exported tensor, row by row.
#ifndef SPACEMOE_MODELS_CHECKPOINT_MATRIX_WRITER_H_
#define SPACEMOE_MODELS_CHECKPOINT_MATRIX_WRITER_H_

#include "absl/status/status.h"
#include "models/checkpoint/export_plan.h"
#include "models/checkpoint/safetensors_writer.h"

namespace spacemoe {

// Appends `matrix` as values of `type`. Memory: a row; of a transposed matrix
// all of it, as float32; of latent heads one head.
absl::Status WriteMatrix(const ExportMatrix& matrix, SafetensorsType type,
                         SafetensorsWriter& writer);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_MATRIX_WRITER_H_
