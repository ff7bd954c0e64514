// Applies an operation to every element, whole vectors first.
#if defined(SPACEMOE_MODELS_KERNELS_MAP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_MAP_INL_H_
#undef SPACEMOE_MODELS_KERNELS_MAP_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_MAP_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"
#include "models/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// out[i] = op(a[i], b[i]); out may be a or b. Op::Apply takes two vectors.
template <class Op>
HWY_INLINE void Map(const Op& op, const float* a, const float* b, float* out,
                    std::int64_t count) {
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Lanes x = LoadLanes(a + i);
    const Lanes y = LoadLanes(b + i);
    for (int p = 0; p < kParts; ++p) x.v[p] = op.Apply(x.v[p], y.v[p]);
    StoreLanes(x, out + i);
  }
  if (i == count) return;
  Lanes x = LoadSomeLanes(a + i, count - i);
  const Lanes y = LoadSomeLanes(b + i, count - i);
  for (int p = 0; p < kParts; ++p) x.v[p] = op.Apply(x.v[p], y.v[p]);
  StoreSomeLanes(x, out + i, count - i);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_MAP_INL_H_
