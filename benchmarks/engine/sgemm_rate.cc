#include "benchmarks/engine/sgemm_rate.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>

namespace spacemoe {

double SgemmRate(int64_t rows, int threads) {
  constexpr int64_t kInputs = 576;
  constexpr int64_t kOutputs = 1024;
  constexpr int kRepetitions = 2000;
  const c10::InferenceMode guard;
  at::set_num_threads(threads);
  const at::Tensor x = at::randn({rows, kInputs});
  const at::Tensor w = at::randn({kOutputs, kInputs});
  at::Tensor y = at::linear(x, w);
  double best = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    const auto start = std::chrono::steady_clock::now();
    y = at::linear(x, w);
    const std::chrono::duration<double> time =
        std::chrono::steady_clock::now() - start;
    best = std::max(best, 2.0 * rows * kInputs * kOutputs / time.count());
  }
  at::set_num_threads(1);
  return best;
}

}  // namespace spacemoe
