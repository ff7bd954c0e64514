// Linear by storage type and batch; plain reading of as many bytes and
// OpenBLAS's sgemm of the same shape, to take ratios within one run.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/kernels/read_bytes.h"
#include "models/kernels/kernels.h"
#include "models/kernels/thread_pool.h"
#include "tests/models/kernels/random_matrix.h"

#ifdef SPACEMOE_HAVE_CBLAS
#include <cblas.h>
#endif

namespace spacemoe {
namespace {

constexpr int kThreads = 2;
constexpr std::int64_t kHidden = 576;
constexpr std::int64_t kVocabulary = 49152;

ThreadPool& Pool() {
  static ThreadPool pool(kThreads);
  return pool;
}

void CountWork(benchmark::State& state, std::int64_t rows, std::int64_t outputs,
               std::int64_t cols) {
  state.counters["flops"] =
      benchmark::Counter(2.0 * static_cast<double>(rows * outputs * cols),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void BM_Linear(benchmark::State& state, StorageType type, std::int64_t outputs,
               std::int64_t cols) {
  const RandomMatrix w = MakeRandomMatrix(type, outputs, cols);
  const std::int64_t rows = state.range(0);
  const std::vector<float> x = RandomFloats(rows * cols);
  std::vector<float> y(static_cast<std::size_t>(rows * outputs));
  for (auto _ : state) {
    kernels::Linear(w.view, x.data(), rows, cols, y.data(), outputs, nullptr,
                    false, &Pool());
    benchmark::DoNotOptimize(y.data());
  }
  CountWork(state, rows, outputs, cols);
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(w.bytes.size()));
}

void BM_Read(benchmark::State& state) {
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)),
                                     std::byte{1});
  for (auto _ : state) {
    benchmark::DoNotOptimize(ReadBytes(bytes.data(), state.range(0), Pool()));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

#ifdef SPACEMOE_HAVE_CBLAS
void BM_Sgemm(benchmark::State& state, std::int64_t outputs,
              std::int64_t cols) {
  const int rows = static_cast<int>(state.range(0));
  const int n = static_cast<int>(outputs);
  const int k = static_cast<int>(cols);
  const std::vector<float> w = RandomFloats(outputs * cols);
  const std::vector<float> x = RandomFloats(rows * cols);
  std::vector<float> y(static_cast<std::size_t>(rows * outputs));
  for (auto _ : state) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, n, k, 1.0f,
                x.data(), k, w.data(), k, 0.0f, y.data(), n);
    benchmark::DoNotOptimize(y.data());
  }
  CountWork(state, rows, outputs, cols);
}
#endif

struct Shape {
  const char* name;
  std::int64_t outputs;
  std::int64_t cols;
};
constexpr Shape kShapes[] = {{"head", kVocabulary, kHidden},
                             {"shared_up", 1024, kHidden},
                             {"shared_down", kHidden, 1024},
                             {"expert_down", kHidden, 64}};

void RegisterLinear(const Shape& shape) {
  for (const StorageType type : kAllTypes) {
    if (shape.cols % BlockValues(type) != 0) continue;
    const std::string name = std::string("Linear/") + shape.name + "/" +
                             std::string(StorageTypeName(type));
    benchmark::RegisterBenchmark(name.c_str(), BM_Linear, type, shape.outputs,
                                 shape.cols)
        ->Arg(1)
        ->Arg(4)
        ->Arg(16)
        ->Arg(64)
        ->UseRealTime();
  }
}

void RegisterSgemm([[maybe_unused]] const Shape& shape) {
#ifdef SPACEMOE_HAVE_CBLAS
  benchmark::RegisterBenchmark((std::string("Sgemm/") + shape.name).c_str(),
                               BM_Sgemm, shape.outputs, shape.cols)
      ->Arg(1)
      ->Arg(4)
      ->Arg(16)
      ->Arg(64)
      ->UseRealTime();
#endif
}

const bool kRegistered = [] {
  for (const Shape& shape : kShapes) {
    RegisterLinear(shape);
    RegisterSgemm(shape);
  }
  benchmark::RegisterBenchmark("Read", BM_Read)
      ->Arg(kVocabulary * kHidden / 32 * 34)
      ->Arg(87 << 20)
      ->UseRealTime();
  return true;
}();

}  // namespace
}  // namespace spacemoe
