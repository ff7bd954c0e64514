// Attention of one query token, and the other row-wise kernels.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "models/kernels/kernels.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

constexpr std::int64_t kHeads = 9;
constexpr std::int64_t kKvHeads = 3;
constexpr std::int64_t kHeadDim = 64;

void BM_Attention(benchmark::State& state) {
  const std::int64_t positions = state.range(0);
  const std::int64_t kv_width = kKvHeads * kHeadDim;
  const std::vector<float> q = RandomFloats(kHeads * kHeadDim);
  const std::vector<float> keys = RandomFloats(positions * kv_width);
  std::vector<float> out(q.size());
  std::vector<float> scratch(
      static_cast<std::size_t>(kHeads * (positions + 16)));
  kernels::AttentionArgs args;
  args.q = q.data();
  args.keys = args.values = keys.data();
  args.kv_stride = kv_width;
  args.heads = kHeads;
  args.kv_heads = kKvHeads;
  args.head_dim = kHeadDim;
  args.position = positions - 1;
  args.scale = 0.125f;
  args.out = out.data();
  for (auto _ : state) kernels::Attention(args, false, scratch.data());
  state.SetItemsProcessed(state.iterations() * positions);
}
BENCHMARK(BM_Attention)->Arg(16)->Arg(128)->Arg(1024)->Arg(8192);

void BM_RmsNorm(benchmark::State& state) {
  const std::vector<float> x = RandomFloats(576);
  std::vector<float> y(x.size());
  for (auto _ : state) {
    kernels::RmsNorm(x.data(), x.data(), 1e-5f, 1, 576, y.data(), false,
                     nullptr);
  }
}
BENCHMARK(BM_RmsNorm);

void BM_SiluMul(benchmark::State& state) {
  const std::vector<float> x = RandomFloats(1024);
  std::vector<float> y(x.size());
  for (auto _ : state) {
    kernels::SiluMul(x.data(), x.data(), 1024, y.data(), false, nullptr);
  }
}
BENCHMARK(BM_SiluMul);

}  // namespace
}  // namespace spacemoe
