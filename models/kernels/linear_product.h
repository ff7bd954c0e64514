// What Linear asks of each group of storage types. A group is a source file:
// compiled for every instruction set, one for all types would take a minute.
#ifndef SPACEMOE_MODELS_KERNELS_LINEAR_PRODUCT_H_
#define SPACEMOE_MODELS_KERNELS_LINEAR_PRODUCT_H_

#include <cstdint>

#include "models/kernels/linear_job.h"

namespace spacemoe::kernels {

// y of the stored rows [begin, end), widened in registers as they are
// multiplied. Columns must be whole blocks of 32.
using FusedRange = void(const LinearJob& job, std::int64_t begin,
                        std::int64_t end);
FusedRange FuseFloat;  // float32, float16, bfloat16
FusedRange FuseQ4;     // Q4_0, Q4_1
FusedRange FuseQ5;     // Q5_0, Q5_1
FusedRange FuseQ8;     // Q8_0
FusedRange FuseQ2_K;
FusedRange FuseQ3_K;
FusedRange FuseQ4_K;
FusedRange FuseQ5_K;
FusedRange FuseQ6_K;
FusedRange FuseMxfp4;
// F8_E4M3, F4; tiles of scales are whole blocks of columns.
FusedRange FuseWithScales;

// The stored rows [begin, end) as float32, zero-padded to whole blocks; panel:
// [end - begin, PanelWidth(job)].
using WidenedRange = void(const LinearJob& job, std::int64_t begin,
                          std::int64_t end, float* panel);
WidenedRange WidenFloat;
WidenedRange WidenQ4;
WidenedRange WidenQ5;
WidenedRange WidenQ8;
WidenedRange WidenQ2_K;
WidenedRange WidenQ3_K;
WidenedRange WidenQ4_K;
WidenedRange WidenQ5_K;
WidenedRange WidenQ6_K;
WidenedRange WidenMxfp4;
WidenedRange WidenWithScales;  // F8_E4M3, F4

// y of the stored rows [begin, end), given widened.
void MultiplyPanel(const LinearJob& job, std::int64_t begin, std::int64_t end,
                   const float* panel);

// y of a transposed w, whole: a chain of sums over w's stored rows.
void LinearTransposed(const LinearJob& job);

// Rows of x up to which fusing is faster than widening a panel first.
std::int64_t FusedRows();

inline std::int64_t PanelWidth(const LinearJob& job) {
  constexpr std::int64_t kBlock = 32;
  return (job.w.cols + kBlock - 1) / kBlock * kBlock;
}

// Outputs in a panel: with a tile's rows of x it should fit the first cache.
inline constexpr std::int64_t kPanelOutputs = 8;

}  // namespace spacemoe::kernels

#endif  // SPACEMOE_MODELS_KERNELS_LINEAR_PRODUCT_H_
