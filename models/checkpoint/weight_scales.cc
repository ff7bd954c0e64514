#include "models/checkpoint/weight_scales.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/tensor_pattern.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

std::int64_t CeilDiv(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

std::int64_t TypeBytes(SeparateScales::Type type) {
  if (type == SeparateScales::Type::kF32) return 4;
  return type == SeparateScales::Type::kBF16 ? 2 : 1;
}

absl::Status WrongShape(const TensorInfo& scales,
                        const std::vector<std::int64_t>& expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      *scales.file, ": tensor '", scales.name, "' (scales): expected shape ",
      ShapeString(expected), ", found ", ShapeString(scales.shape)));
}

absl::StatusOr<SeparateScales::Type> ScaleType(const TensorInfo& scales) {
  if (scales.type == StorageType::kF32) return SeparateScales::Type::kF32;
  if (scales.type == StorageType::kBF16) return SeparateScales::Type::kBF16;
  return absl::UnimplementedError(absl::StrCat(
      *scales.file, ": tensor '", scales.name, "' (scales) has type ",
      scales.type_name, ", which is not supported; known: F32, BF16"));
}

absl::Status Missing(const Checkpoint& checkpoint, const std::string& tensor,
                     const char* ending) {
  return absl::NotFoundError(absl::StrCat(checkpoint.path(), ": tensor '",
                                          tensor, ending, "' (the scales of '",
                                          tensor, "') is missing"));
}

absl::Status AttachMxfp4(const Checkpoint& checkpoint,
                         const std::string& tensor, const TensorName& name,
                         std::int64_t expert, MatrixView& view) {
  constexpr std::int64_t kTile = 32;
  if (view.cols % kTile != 0) {
    return absl::UnimplementedError(
        absl::StrCat(checkpoint.path(), ": tensor '", tensor,
                     "_blocks': rows of MXFP4 values are multiples of 32, "
                     "found ",
                     view.cols));
  }
  const TensorInfo* scales = checkpoint.FindTensor(tensor + "_scales");
  if (scales == nullptr) return Missing(checkpoint, tensor, "_scales");
  std::vector<std::int64_t> expected = {view.rows * name.parts,
                                        view.cols / kTile};
  const bool stacked = IsStacked(name);
  if (stacked) expected.insert(expected.begin(), checkpoint.config().experts);
  if (scales->shape != expected || scales->type_name != "U8") {
    return WrongShape(*scales, expected);
  }
  const bool interleaved = name.order == RowOrder::kInterleaved;
  const std::int64_t first = interleaved ? name.part : name.part * view.rows;
  const std::int64_t row_bytes = view.cols / kTile;
  const std::int64_t matrix =
      stacked ? expert * view.rows * name.parts * row_bytes : 0;
  view.scales = {.type = SeparateScales::Type::kE8M0,
                 .data = scales->data + matrix + first * row_bytes,
                 .row_bytes = row_bytes * (interleaved ? name.parts : 1),
                 .tile_cols = kTile};
  return absl::OkStatus();
}

// Of a stack: the expert's own tiles.
absl::Status AttachTiles(const Checkpoint& checkpoint, const TensorInfo& scales,
                         const TensorName& name, std::int64_t expert,
                         MatrixView& view) {
  const QuantizationConfig& config = checkpoint.config().quantization;
  const std::int64_t rows = CeilDiv(view.rows * name.parts, config.tile_rows);
  const std::int64_t cols = CeilDiv(view.cols, config.tile_cols);
  std::vector<std::int64_t> expected = {rows, cols};
  const bool stacked = IsStacked(name);
  if (stacked) expected.insert(expected.begin(), checkpoint.config().experts);
  if (scales.shape != expected) return WrongShape(scales, expected);
  SPACEMOE_ASSIGN_OR_RETURN(const auto type, ScaleType(scales));
  const std::int64_t matrix = rows * cols * TypeBytes(type);
  view.scales = {.type = type,
                 .data = scales.data + (stacked ? expert * matrix : 0),
                 .row_bytes = cols * TypeBytes(type),
                 .tile_rows = config.tile_rows,
                 .tile_cols = config.tile_cols,
                 .first_row = name.part * view.rows};
  return absl::OkStatus();
}

// One scale for all, or one for each row; of a stack [experts, rows, 1], or one
// for each expert.
absl::Status AttachRows(const Checkpoint& checkpoint, const TensorInfo& scales,
                        const TensorName& name, std::int64_t expert,
                        MatrixView& view) {
  const std::int64_t rows = view.rows * name.parts;
  const bool stacked = IsStacked(name);
  const std::int64_t stack = stacked ? checkpoint.config().experts : 1;
  const std::int64_t found = scales.elements();
  const bool by_row = found == stack * rows;
  if (!by_row && found != stack && found != 1) {
    std::vector<std::int64_t> expected = {rows, 1};
    if (stacked) expected.insert(expected.begin(), stack);
    return WrongShape(scales, expected);
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto type, ScaleType(scales));
  const std::int64_t matrix = found / stack * TypeBytes(type);
  view.scales = {.type = type,
                 .data = scales.data + (stacked ? expert * matrix : 0),
                 .row_bytes = by_row ? TypeBytes(type) : 0,
                 .tile_cols = view.cols,
                 .first_row = name.part * view.rows};
  return absl::OkStatus();
}

}  // namespace

absl::Status AttachScales(const Checkpoint& checkpoint,
                          const std::string& tensor, const TensorName& name,
                          std::int64_t expert, MatrixView& view) {
  if (!HasSeparateScales(view.type)) return absl::OkStatus();
  if (view.type == StorageType::kF4) {
    return AttachMxfp4(checkpoint, tensor, name, expert, view);
  }
  if (name.order != RowOrder::kPlain) {
    return absl::UnimplementedError(
        absl::StrCat(checkpoint.path(), ": tensor '", tensor,
                     "': F8_E4M3 is not supported where rows alternate or are "
                     "permuted"));
  }
  if (const auto* scales = checkpoint.FindTensor(tensor + "_scale_inv")) {
    return AttachTiles(checkpoint, *scales, name, expert, view);
  }
  if (const auto* scales = checkpoint.FindTensor(tensor + "_scale")) {
    return AttachRows(checkpoint, *scales, name, expert, view);
  }
  return Missing(checkpoint, tensor, "_scale_inv");
}

std::int64_t ScaleBytes(const MatrixView& view) {
  const SeparateScales& scales = view.scales;
  if (scales.data == nullptr) return 0;
  const std::int64_t rows =
      scales.row_bytes == 0 ? 1 : CeilDiv(view.rows, scales.tile_rows);
  return rows * CeilDiv(view.cols, scales.tile_cols) * TypeBytes(scales.type);
}

}  // namespace spacemoe
