#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q3_k.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/k_blocks-inl.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ3_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  Fuse<Q3_KBlock>(job, begin, end);
}

void WidenQ3_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                    float* panel) {
  Widen<Q3_KBlock>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ3_KRange);
HWY_EXPORT(WidenQ3_KRange);

void FuseQ3_K(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ3_KRange)(job, begin, end);
}

void WidenQ3_K(const LinearJob& job, std::int64_t begin, std::int64_t end,
               float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ3_KRange)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
