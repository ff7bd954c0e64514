#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_float.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseFloatRange(const LinearJob& job, std::int64_t begin,
                    std::int64_t end) {
  if (job.w.type == StorageType::kF32) return Fuse<F32Block>(job, begin, end);
  if (job.w.type == StorageType::kF16) return Fuse<F16Block>(job, begin, end);
  return Fuse<BF16Block>(job, begin, end);
}

void WidenFloatRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                     float* panel) {
  if (job.w.type == StorageType::kF32) {
    return Widen<F32Block>(job, begin, end, panel);
  }
  if (job.w.type == StorageType::kF16) {
    return Widen<F16Block>(job, begin, end, panel);
  }
  return Widen<BF16Block>(job, begin, end, panel);
}

void PanelRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                const float* panel) {
  const std::int64_t width = PanelWidth(job);
  const TileWeights weights{reinterpret_cast<const std::uint8_t*>(panel),
                            width * static_cast<std::int64_t>(sizeof(float)),
                            width / kBlockValues, 0, &job.w};
  TileRows<F32Block>(job, weights, begin, end - begin);
}

std::int64_t RowsOfATile() { return kTileRows; }

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseFloatRange);
HWY_EXPORT(WidenFloatRange);
HWY_EXPORT(PanelRange);
HWY_EXPORT(RowsOfATile);

void FuseFloat(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseFloatRange)(job, begin, end);
}

void WidenFloat(const LinearJob& job, std::int64_t begin, std::int64_t end,
                float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenFloatRange)(job, begin, end, panel);
}

void MultiplyPanel(const LinearJob& job, std::int64_t begin, std::int64_t end,
                   const float* panel) {
  HWY_DYNAMIC_DISPATCH(PanelRange)(job, begin, end, panel);
}

std::int64_t FusedRows() { return HWY_DYNAMIC_DISPATCH(RowsOfATile)(); }

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
