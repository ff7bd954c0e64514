#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q2_k.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/k_blocks-inl.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ2_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  Fuse<Q2_KBlock>(job, begin, end);
}

void WidenQ2_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                    float* panel) {
  Widen<Q2_KBlock>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ2_KRange);
HWY_EXPORT(WidenQ2_KRange);

void FuseQ2_K(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ2_KRange)(job, begin, end);
}

void WidenQ2_K(const LinearJob& job, std::int64_t begin, std::int64_t end,
               float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ2_KRange)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
