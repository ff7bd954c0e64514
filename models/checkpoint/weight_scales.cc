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

absl::Status AttachTiles(const Checkpoint& checkpoint, const TensorInfo& scales,
                         const TensorName& name, MatrixView& view) {
  const QuantizationConfig& config = checkpoint.config().quantization;
  const std::int64_t rows = CeilDiv(view.rows * name.parts, config.tile_rows);
  const std::int64_t cols = CeilDiv(view.cols, config.tile_cols);
  if (scales.shape != std::vector<std::int64_t>{rows, cols}) {
    return WrongShape(scales, {rows, cols});
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto type, ScaleType(scales));
  view.scales = {.type = type,
                 .data = scales.data,
                 .row_bytes = cols * TypeBytes(type),
                 .tile_rows = config.tile_rows,
                 .tile_cols = config.tile_cols,
                 .first_row = name.part * view.rows};
  return absl::OkStatus();
}

// One scale for all, or one for each row.
absl::Status AttachRows(const TensorInfo& scales, const TensorName& name,
                        MatrixView& view) {
  const std::int64_t rows = view.rows * name.parts;
  if (scales.elements() != 1 && scales.elements() != rows) {
    return WrongShape(scales, {rows, 1});
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto type, ScaleType(scales));
  view.scales = {.type = type,
                 .data = scales.data,
                 .row_bytes = scales.elements() == 1 ? 0 : TypeBytes(type),
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
  if (IsStacked(name) || name.order == RowOrder::kInterleaved) {
    return absl::UnimplementedError(
        absl::StrCat(checkpoint.path(), ": tensor '", tensor,
                     "': F8_E4M3 is not supported for fused experts"));
  }
  if (const auto* scales = checkpoint.FindTensor(tensor + "_scale_inv")) {
    return AttachTiles(checkpoint, *scales, name, view);
  }
  if (const auto* scales = checkpoint.FindTensor(tensor + "_scale")) {
    return AttachRows(*scales, name, view);
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
