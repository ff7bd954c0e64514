#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q5.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"
#include "models/kernels/nibbles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ5Range(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  if (job.w.type == StorageType::kQ5_0) return Fuse<Q5_0Block>(job, begin, end);
  return Fuse<Q5_1Block>(job, begin, end);
}

void WidenQ5Range(const LinearJob& job, std::int64_t begin, std::int64_t end,
                  float* panel) {
  if (job.w.type == StorageType::kQ5_0) {
    return Widen<Q5_0Block>(job, begin, end, panel);
  }
  return Widen<Q5_1Block>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ5Range);
HWY_EXPORT(WidenQ5Range);

void FuseQ5(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ5Range)(job, begin, end);
}

void WidenQ5(const LinearJob& job, std::int64_t begin, std::int64_t end,
             float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ5Range)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
