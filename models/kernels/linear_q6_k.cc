#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q6_k.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/k_blocks-inl.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ6_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  Fuse<Q6_KBlock>(job, begin, end);
}

void WidenQ6_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                    float* panel) {
  Widen<Q6_KBlock>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ6_KRange);
HWY_EXPORT(WidenQ6_KRange);

void FuseQ6_K(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ6_KRange)(job, begin, end);
}

void WidenQ6_K(const LinearJob& job, std::int64_t begin, std::int64_t end,
               float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ6_KRange)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
