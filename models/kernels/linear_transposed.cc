#include <algorithm>
#include <cstdint>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_transposed.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/blocks-inl.h"
#include "models/kernels/lanes-inl.h"
#include "models/kernels/linear_product.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// Whole blocks of 32 values, widened.
template <class Block>
HWY_INLINE void WidenBlocks(const std::uint8_t* data, std::int64_t blocks,
                            float* out) {
  for (std::int64_t b = 0; b < blocks; ++b, out += kBlockValues) {
    Lanes low;
    Lanes high;
    Block::Load(data + b * Block::kBytes, nullptr, nullptr, low, high);
    StoreLanes(low, out);
    StoreLanes(high, out + kLanes);
  }
}

void WidenHalvesOn(const std::uint8_t* data, std::int64_t blocks,
                   bool is_bfloat16, float* out) {
  if (is_bfloat16) return WidenBlocks<BF16Block>(data, blocks, out);
  WidenBlocks<F16Block>(data, blocks, out);
}

// y[i] += a * x[i].
void AddScaledOn(float a, const float* x, std::int64_t count, float* y) {
  const VF factor = hn::Set(DF(), a);
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Lanes sum = LoadLanes(y + i);
    const Lanes value = LoadLanes(x + i);
    for (int p = 0; p < kParts; ++p) {
      sum.v[p] = hn::MulAdd(factor, value.v[p], sum.v[p]);
    }
    StoreLanes(sum, y + i);
  }
  if (i == count) return;
  Lanes sum = LoadSomeLanes(y + i, count - i);
  const Lanes value = LoadSomeLanes(x + i, count - i);
  for (int p = 0; p < kParts; ++p) {
    sum.v[p] = hn::MulAdd(factor, value.v[p], sum.v[p]);
  }
  StoreSomeLanes(sum, y + i, count - i);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "models/tensor/half.h"

namespace spacemoe::kernels {

HWY_EXPORT(WidenHalvesOn);
HWY_EXPORT(AddScaledOn);

namespace {

// Outputs at a time: a piece of a stored row and of y stay in the first cache.
constexpr std::int64_t kPieceOutputs = 1024;
constexpr std::int64_t kBlock = 32;

// Column `c` of rows [begin, end) as float32: where it lies, or in `scratch`.
const float* ColumnPiece(const MatrixView& w, std::int64_t c,
                         std::int64_t begin, std::int64_t end, float* scratch) {
  const MatrixView piece = RowRange(w, begin, end);
  const bool adjacent = w.transposed_step == 1;
  const auto* data = reinterpret_cast<const std::uint8_t*>(piece.row(c));
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % 4 == 0;
  if (adjacent && w.type == StorageType::kF32 && aligned) {
    return reinterpret_cast<const float*>(data);
  }
  const bool half = w.type == StorageType::kBF16 || w.type == StorageType::kF16;
  const std::int64_t whole = adjacent && half ? (end - begin) / kBlock : 0;
  if (whole > 0) {
    HWY_DYNAMIC_DISPATCH(WidenHalvesOn)
    (data, whole, w.type == StorageType::kBF16, scratch);
  }
  if (whole * kBlock == end - begin) return scratch;
  DequantizeColumn(RowRange(piece, whole * kBlock, end - begin), c,
                   scratch + whole * kBlock);
  return scratch;
}

void AddColumns(const LinearJob& job, std::int64_t begin, std::int64_t end,
                float* scratch) {
  for (std::int64_t c = 0; c < job.w.cols; ++c) {
    const float* column = ColumnPiece(job.w, c, begin, end, scratch);
    for (std::int64_t r = 0; r < job.rows; ++r) {
      HWY_DYNAMIC_DISPATCH(AddScaledOn)
      (job.x[r * job.x_stride + c], column, end - begin,
       job.y + r * job.y_stride + begin);
    }
  }
}

void Finish(const LinearJob& job, float* y) {
  for (std::int64_t o = 0; o < job.w.rows; ++o) {
    if (job.bias != nullptr) y[o] += job.bias[o];
    if (job.round_bf16) y[o] = RoundedToBFloat16(y[o]);
  }
}

}  // namespace

void LinearTransposed(const LinearJob& job) {
  // Stored rows of blocks are widened whole.
  const std::int64_t piece =
      IsQuantized(job.w.type) ? job.w.rows : kPieceOutputs;
  thread_local std::vector<float> scratch;
  scratch.resize(std::max<std::size_t>(scratch.size(), piece));
  for (std::int64_t r = 0; r < job.rows; ++r) {
    std::fill_n(job.y + r * job.y_stride, job.w.rows, 0.0f);
  }
  for (std::int64_t o = 0; o < job.w.rows; o += piece) {
    AddColumns(job, o, std::min(job.w.rows, o + piece), scratch.data());
  }
  for (std::int64_t r = 0; r < job.rows; ++r) {
    Finish(job, job.y + r * job.y_stride);
  }
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
