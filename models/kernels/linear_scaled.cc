#include <algorithm>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_scaled.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"
#include "models/kernels/scaled-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// Values [begin, end) of a row, which have one scale.
HWY_INLINE void WidenF8Tile(const std::uint8_t* row, std::int64_t begin,
                            std::int64_t end, float scale, float* out) {
  const VF scales = hn::Set(DF(), scale);
  std::int64_t c = begin;
  for (; c + kVectorLanes <= end; c += kVectorLanes) {
    hn::StoreU(hn::Mul(WidenF8(row + c), scales), DF(), out + c);
  }
  if (c == end) return;
  std::uint8_t codes[kVectorLanes] = {};
  float values[kVectorLanes];
  const auto left = static_cast<std::size_t>(end - c);
  std::memcpy(codes, row + c, left);
  hn::StoreU(hn::Mul(WidenF8(codes), scales), DF(), values);
  std::memcpy(out + c, values, left * sizeof(float));
}

HWY_INLINE void WidenF8Row(const MatrixView& w, std::int64_t r, float* out) {
  const auto* row = reinterpret_cast<const std::uint8_t*>(w.row(r));
  for (std::int64_t c = 0; c < w.cols; c += w.scales.tile_cols) {
    const std::int64_t end = std::min(w.cols, c + w.scales.tile_cols);
    WidenF8Tile(row, c, end, ScaleAt(w.scales, r, c), out);
  }
}

// A scale for each 32 values.
HWY_INLINE void WidenF4Row(const MatrixView& w, std::int64_t r, float* out) {
  const auto* codes = reinterpret_cast<const std::uint8_t*>(w.row(r));
  for (std::int64_t c = 0; c < w.cols; c += kF4Values, codes += kF4Bytes) {
    Lanes low;
    Lanes high;
    F4Block::Load(codes, hn::Set(DF(), 0.5f * ScaleAt(w.scales, r, c)), low,
                  high);
    StoreLanes(low, out + c);
    StoreLanes(high, out + c + kLanes);
  }
}

void FuseScaledRange(const LinearJob& job, std::int64_t begin,
                     std::int64_t end) {
  if (job.w.type == StorageType::kF4) return Fuse<F4Block>(job, begin, end);
  Fuse<F8Block>(job, begin, end);
}

void WidenScaledRange(const LinearJob& job, std::int64_t begin,
                      std::int64_t end, float* panel) {
  const std::int64_t width = PanelWidth(job);
  const bool f4 =
      job.w.type == StorageType::kF4 && job.w.scales.tile_cols == kF4Values;
  for (std::int64_t o = begin; o < end; ++o, panel += width) {
    if (f4) {
      WidenF4Row(job.w, o, panel);
    } else if (job.w.type == StorageType::kF8E4M3) {
      WidenF8Row(job.w, o, panel);
    } else {
      DequantizeRow(job.w, o, panel);
    }
    std::fill(panel + job.w.cols, panel + width, 0.0f);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseScaledRange);
HWY_EXPORT(WidenScaledRange);

void FuseWithScales(const LinearJob& job, std::int64_t begin,
                    std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseScaledRange)(job, begin, end);
}

void WidenWithScales(const LinearJob& job, std::int64_t begin, std::int64_t end,
                     float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenScaledRange)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
