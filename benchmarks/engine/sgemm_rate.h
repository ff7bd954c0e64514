// The machine's single-precision matrix product rate, as libtorch reaches it.
#ifndef SPACEMOE_BENCHMARKS_ENGINE_SGEMM_RATE_H_
#define SPACEMOE_BENCHMARKS_ENGINE_SGEMM_RATE_H_

#include <cstdint>

namespace spacemoe {

// The best rate of [rows, 576] x [576, 1024] over some repetitions, in floating
// point operations per second, on `threads` threads.
double SgemmRate(int64_t rows, int threads);

}  // namespace spacemoe

#endif  // SPACEMOE_BENCHMARKS_ENGINE_SGEMM_RATE_H_
