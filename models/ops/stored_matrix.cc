#include "models/ops/stored_matrix.h"

#include <c10/util/Exception.h>

#include <string>

namespace spacemoe {
namespace {

constexpr StorageType kTypes[] = {
    StorageType::kF32,  StorageType::kF16,  StorageType::kBF16,
    StorageType::kQ4_0, StorageType::kQ4_1, StorageType::kQ5_0,
    StorageType::kQ5_1, StorageType::kQ8_0, StorageType::kQ2_K,
    StorageType::kQ3_K, StorageType::kQ4_K, StorageType::kQ5_K,
    StorageType::kQ6_K, StorageType::kMxfp4};

StorageType QuantizedType(std::string_view name) {
  for (const StorageType type : kTypes) {
    if (IsQuantized(type) && StorageTypeName(type) == name) return type;
  }
  TORCH_CHECK(false, "spacemoe: '", std::string(name),
              "' is no quantised type; a uint8 weight needs one of Q4_0, Q4_1, "
              "Q5_0, Q5_1, Q8_0, Q2_K to Q6_K and MXFP4");
}

StorageType TypeOf(const at::Tensor& weight, std::string_view type) {
  switch (weight.scalar_type()) {
    case at::kFloat:
      return StorageType::kF32;
    case at::kHalf:
      return StorageType::kF16;
    case at::kBFloat16:
      return StorageType::kBF16;
    case at::kByte:
      return QuantizedType(type);
    default:
      TORCH_CHECK(false,
                  "spacemoe: a weight is float32, float16, bfloat16 or "
                  "uint8, not ",
                  weight.scalar_type());
  }
}

void CheckColumns(const MatrixView& view) {
  const int64_t blocks = view.cols / BlockValues(view.type);
  TORCH_CHECK(view.cols > 0 && view.cols % BlockValues(view.type) == 0 &&
                  view.row_bytes >= blocks * BlockBytes(view.type),
              "spacemoe: rows of ", view.row_bytes, " bytes do not hold ",
              view.cols, " values of type ",
              std::string(StorageTypeName(view.type)));
}

void CheckHeads(const MatrixView& view) {
  if (view.permuted_heads == 0) return;
  TORCH_CHECK(
      view.permuted_heads > 0 && view.rows % (2 * view.permuted_heads) == 0,
      "spacemoe: ", view.rows, " rows are not ", view.permuted_heads,
      " heads of an even size");
}

}  // namespace

MatrixView StoredMatrix(const at::Tensor& weight, std::string_view type,
                        int64_t cols, int64_t permuted_heads) {
  TORCH_CHECK(weight.dim() == 2 && weight.stride(1) == 1,
              "spacemoe: a weight has two dimensions and dense rows");
  MatrixView view;
  view.type = TypeOf(weight, type);
  view.rows = weight.size(0);
  view.cols = IsQuantized(view.type) ? cols : weight.size(1);
  view.data = static_cast<const std::byte*>(weight.data_ptr());
  view.row_bytes = weight.stride(0) * static_cast<int64_t>(weight.itemsize());
  view.permuted_heads = permuted_heads;
  TORCH_CHECK(cols == 0 || cols == view.cols, "spacemoe: expected ", cols,
              " columns, found ", view.cols);
  CheckColumns(view);
  CheckHeads(view);
  return view;
}

}  // namespace spacemoe
