#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q4.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"
#include "models/kernels/nibbles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ4Range(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  if (job.w.type == StorageType::kQ4_0) return Fuse<Q4_0Block>(job, begin, end);
  return Fuse<Q4_1Block>(job, begin, end);
}

void WidenQ4Range(const LinearJob& job, std::int64_t begin, std::int64_t end,
                  float* panel) {
  if (job.w.type == StorageType::kQ4_0) {
    return Widen<Q4_0Block>(job, begin, end, panel);
  }
  return Widen<Q4_1Block>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ4Range);
HWY_EXPORT(WidenQ4Range);

void FuseQ4(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ4Range)(job, begin, end);
}

void WidenQ4(const LinearJob& job, std::int64_t begin, std::int64_t end,
             float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ4Range)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
