#include "models/engine/weight.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <bit>
#include <cstddef>
#include <utility>

#include "models/kernels/kernels.h"

namespace spacemoe {
namespace {

at::ScalarType ScalarTypeOf(StorageType type) {
  switch (type) {
    case StorageType::kF32:
      return at::kFloat;
    case StorageType::kF16:
      return at::kHalf;
    case StorageType::kBF16:
      return at::kBFloat16;
    default:
      return at::kByte;
  }
}

bool IsAligned(const MatrixView& view, size_t bytes) {
  const auto address = std::bit_cast<uintptr_t>(view.data);
  return address % bytes == 0 && view.row_bytes % bytes == 0;
}

}  // namespace

at::Tensor StoredTensor(const MatrixView& view) {
  // libtorch has no read-only tensors; nothing here writes to a weight.
  auto* data = const_cast<std::byte*>(view.data);
  const at::ScalarType type = ScalarTypeOf(view.type);
  const auto item = static_cast<int64_t>(c10::elementSize(type));
  if (type == at::kByte || !IsAligned(view, item)) {
    const bool transposed = view.transposed_step != 0;
    return at::from_blob(
        data, {transposed ? view.cols : view.rows, view.row_bytes}, at::kByte);
  }
  if (view.transposed_step != 0) {
    return at::from_blob(data, {view.rows, view.cols},
                         {view.transposed_step, view.row_bytes / item}, type);
  }
  return at::from_blob(data, {view.rows, view.cols}, {view.row_bytes / item, 1},
                       type);
}

at::Tensor WidenedTensor(const MatrixView& view) {
  if (view.transposed_step == 1) {
    MatrixView stored = view;
    stored.transposed_step = 0;
    std::swap(stored.rows, stored.cols);
    return WidenedTensor(stored).t().contiguous();
  }
  at::Tensor widened = at::empty({view.rows, view.cols}, at::kFloat);
  float* out = widened.data_ptr<float>();
  for (int64_t r = 0; r < view.rows; ++r) {
    DequantizeRow(view, r, out + r * view.cols);
  }
  return widened;
}

at::Tensor VectorTensor(const MatrixView& view, bool round_bf16) {
  const int64_t count = view.rows * view.cols;
  const bool as_needed = view.type == StorageType::kF32 && view.rows == 1 &&
                         IsAligned(view, alignof(float)) && !round_bf16;
  if (as_needed) return StoredTensor(view).view({count});
  at::Tensor widened = WidenedTensor(view).view({count});
  if (round_bf16) kernels::RoundToBf16(widened.data_ptr<float>(), count);
  return widened;
}

}  // namespace spacemoe
