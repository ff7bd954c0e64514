#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear_mxfp4.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/linear_product.h"
#include "models/kernels/linear_range-inl.h"
#include "models/kernels/mxfp4-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

void FuseMxfp4Range(const LinearJob& job, std::int64_t begin,
                    std::int64_t end) {
  Fuse<Mxfp4Block>(job, begin, end);
}

void WidenMxfp4Range(const LinearJob& job, std::int64_t begin, std::int64_t end,
                     float* panel) {
  Widen<Mxfp4Block>(job, begin, end, panel);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(FuseMxfp4Range);
HWY_EXPORT(WidenMxfp4Range);

void FuseMxfp4(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  HWY_DYNAMIC_DISPATCH(FuseMxfp4Range)(job, begin, end);
}

void WidenMxfp4(const LinearJob& job, std::int64_t begin, std::int64_t end,
                float* panel) {
  HWY_DYNAMIC_DISPATCH(WidenMxfp4Range)(job, begin, end, panel);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
