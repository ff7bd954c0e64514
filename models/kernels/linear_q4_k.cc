#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q4_k.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/k_blocks-inl.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ4_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  Fuse<Q4_KBlock>(job, begin, end);
}

void WidenQ4_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                    float* panel) {
  Widen<Q4_KBlock>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ4_KRange);
HWY_EXPORT(WidenQ4_KRange);

void FuseQ4_K(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ4_KRange)(job, begin, end);
}

void WidenQ4_K(const LinearJob& job, std::int64_t begin, std::int64_t end,
               float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ4_KRange)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
