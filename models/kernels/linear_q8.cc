#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q8.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ8Range(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  Fuse<Q8_0Block>(job, begin, end);
}

void WidenQ8Range(const LinearJob& job, std::int64_t begin, std::int64_t end,
                  float* panel) {
  Widen<Q8_0Block>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ8Range);
HWY_EXPORT(WidenQ8Range);

void FuseQ8(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ8Range)(job, begin, end);
}

void WidenQ8(const LinearJob& job, std::int64_t begin, std::int64_t end,
             float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ8Range)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
