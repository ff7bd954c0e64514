#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_q5_k.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/k_blocks-inl.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseQ5_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  Fuse<Q5_KBlock>(job, begin, end);
}

void WidenQ5_KRange(const LinearJob& job, std::int64_t begin, std::int64_t end,
                    float* panel) {
  Widen<Q5_KBlock>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseQ5_KRange);
HWY_EXPORT(WidenQ5_KRange);

void FuseQ5_K(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseQ5_KRange)(job, begin, end);
}

void WidenQ5_K(const LinearJob& job, std::int64_t begin, std::int64_t end,
               float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenQ5_KRange)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
