// All products of one token of a model of the demo's shape (30 layers, two of
// eight experts), against plain reading of the bytes that it touches.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "benchmarks/kernels/read_bytes.h"
#include "models/kernels/kernels.h"
#include "models/kernels/thread_pool.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

constexpr std::int64_t kLayers = 30;
constexpr std::int64_t kHidden = 576;
constexpr std::int64_t kMaxWidth = 49152;

std::vector<RandomMatrix> LayerWeights() {
  std::vector<RandomMatrix> layer;
  const auto add = [&](StorageType type, std::int64_t outputs,
                       std::int64_t cols) {
    layer.push_back(MakeRandomMatrix(type, outputs, cols));
  };
  for (const std::int64_t width : {576, 192, 192, 576}) {
    add(StorageType::kQ4_1, width, kHidden);  // Q, K, V, attention output
  }
  for (int i = 0; i < 2; ++i) add(StorageType::kQ4_1, 1024, kHidden);
  add(StorageType::kQ5_1, kHidden, 1024);
  for (int expert = 0; expert < 2; ++expert) {
    for (int i = 0; i < 2; ++i) add(StorageType::kQ4_1, 64, kHidden);
    add(StorageType::kQ5_1, kHidden, 64);
  }
  return layer;
}

std::vector<RandomMatrix> TokenWeights() {
  std::vector<RandomMatrix> all;
  for (std::int64_t l = 0; l < kLayers; ++l) {
    for (RandomMatrix& m : LayerWeights()) all.push_back(std::move(m));
  }
  all.push_back(MakeRandomMatrix(StorageType::kQ8_0, kMaxWidth, kHidden));
  return all;
}

const std::vector<RandomMatrix>& Weights() {
  static const std::vector<RandomMatrix> weights = TokenWeights();
  return weights;
}

std::int64_t WeightBytes() {
  std::int64_t sum = 0;
  for (const RandomMatrix& m : Weights()) {
    sum += static_cast<std::int64_t>(m.bytes.size());
  }
  return sum;
}

void BM_TokenProducts(benchmark::State& state) {
  ThreadPool pool(static_cast<int>(state.range(1)));
  const std::int64_t rows = state.range(0);
  const std::vector<RandomMatrix>& weights = Weights();
  const std::vector<float> x = RandomFloats(rows * 1024);
  std::vector<float> y(static_cast<std::size_t>(rows * kMaxWidth));
  double flops = 0;
  for (auto _ : state) {
    for (const RandomMatrix& m : weights) {
      kernels::Linear(m.view, x.data(), rows, m.view.cols, y.data(),
                      m.view.rows, nullptr, false, &pool);
    }
  }
  for (const RandomMatrix& m : Weights()) {
    flops += 2.0 * static_cast<double>(rows * m.view.rows * m.view.cols);
  }
  state.counters["flops"] =
      benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
  state.SetBytesProcessed(state.iterations() * WeightBytes());
}
BENCHMARK(BM_TokenProducts)
    ->ArgsProduct({{1, 2, 4, 16, 64}, {1, 2}})
    ->UseRealTime();

void BM_TokenBytes(benchmark::State& state) {
  ThreadPool pool(static_cast<int>(state.range(0)));
  const std::vector<RandomMatrix>& weights = Weights();
  for (auto _ : state) {
    for (const RandomMatrix& m : weights) {
      benchmark::DoNotOptimize(
          ReadBytes(m.bytes.data(), m.view.rows * m.view.row_bytes, pool));
    }
  }
  state.SetBytesProcessed(state.iterations() * WeightBytes());
}
BENCHMARK(BM_TokenBytes)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace spacemoe
