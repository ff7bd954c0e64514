#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/instruction_set.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "hwy/targets.h"
#include "models/kernels/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

const char* NameOn() { return hwy::TargetName(HWY_TARGET); }

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(NameOn);

const char* InstructionSet() { return HWY_DYNAMIC_DISPATCH(NameOn)(); }

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
