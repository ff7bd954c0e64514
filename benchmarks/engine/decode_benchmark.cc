// Decode of a checkpoint in one process, against two yardsticks of the same
// run: reading the weight bytes of a token in plain C++ (batch 1), and the
// machine's single-precision matrix product rate (batch 16).
//   engine_benchmark CHECKPOINT [THREADS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "benchmarks/engine/sgemm_rate.h"
#include "benchmarks/kernels/read_bytes.h"
#include "models/checkpoint/model_weights.h"
#include "models/engine/local_engine.h"
#include "models/kernels/thread_pool.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kPrompt = 32;
constexpr int64_t kTokens = 64;

// Seconds of the fastest of `repetitions` calls.
double Fastest(int repetitions, const std::function<void()>& work) {
  double best = 1e300;
  for (int i = 0; i < repetitions; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> time =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count());
  }
  return best;
}

// Weight bytes that one token touches.
absl::StatusOr<int64_t> TokenBytes(const Checkpoint& checkpoint) {
  const ModelWeights weights(checkpoint);
  const ModelConfig& config = checkpoint.config();
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView lm_head,
                            weights.Get(TensorRole::kLmHead));
  int64_t bytes = ViewBytes(lm_head);
  for (int64_t l = 0; l < config.layers; ++l) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t gateway, weights.GatewayBytes(l));
    bytes += gateway;
    if (config.IsDense(l)) continue;
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t expert, weights.ExpertBytes(l, 0));
    bytes += config.ExpertsPerToken(l) * expert;
  }
  return bytes;
}

double ReadSeconds(int64_t bytes, int threads) {
  const std::vector<std::byte> data(bytes, std::byte{1});
  ThreadPool pool(threads);
  uint64_t sink = 0;
  const double seconds =
      Fastest(10, [&] { sink += ReadBytes(data.data(), bytes, pool); });
  if (sink == 0) std::puts("");
  return seconds;
}

LocalRequest Request(int64_t seed, int64_t vocab) {
  LocalRequest request;
  for (int64_t i = 0; i < kPrompt; ++i) {
    request.prompt.push_back((seed * 7919 + i * 131 + 17) % vocab);
  }
  request.max_tokens = kTokens;
  request.ignore_eos = true;
  return request;
}

// Seconds of a decode step: the median gap between the tokens of request 0.
absl::StatusOr<double> StepSeconds(LocalEngine& engine, int64_t batch,
                                   int64_t vocab) {
  std::vector<LocalRequest> requests;
  for (int64_t i = 0; i < batch; ++i) requests.push_back(Request(i, vocab));
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<LocalResult> results,
                            engine.Generate(requests, 0, nullptr));
  const std::vector<int64_t>& times = results.back().token_ns;
  std::vector<int64_t> gaps;
  for (size_t i = 1; i < times.size(); ++i) {
    gaps.push_back(times[i] - times[i - 1]);
  }
  std::sort(gaps.begin(), gaps.end());
  return 1e-9 * static_cast<double>(gaps[gaps.size() / 2]);
}

absl::Status ReportBatch1(LocalEngine& engine, const Checkpoint& checkpoint,
                          int threads) {
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t bytes, TokenBytes(checkpoint));
  const int64_t vocab = checkpoint.config().vocab_size;
  const double before = ReadSeconds(bytes, threads);
  SPACEMOE_ASSIGN_OR_RETURN(const double step, StepSeconds(engine, 1, vocab));
  const double read = std::min(before, ReadSeconds(bytes, threads));
  std::printf(
      "batch  1  %7.2f ms/step   read of %.1f MB %7.2f ms   ratio %.2f\n",
      1e3 * step, 1e-6 * bytes, 1e3 * read, step / read);
  return absl::OkStatus();
}

absl::Status ReportBatch(LocalEngine& engine, const Checkpoint& checkpoint,
                         int64_t batch, int threads) {
  const int64_t vocab = checkpoint.config().vocab_size;
  const double flops =
      2.0 * batch * ModelWeights(checkpoint).ActiveParameters();
  const double before = SgemmRate(batch, threads);
  SPACEMOE_ASSIGN_OR_RETURN(const double step,
                            StepSeconds(engine, batch, vocab));
  const double rate = std::max(before, SgemmRate(batch, threads));
  std::printf(
      "batch %2d  %7.2f ms/step   %5.1f GFLOP/s   sgemm %5.1f GFLOP/s   ratio "
      "%.2f\n",
      static_cast<int>(batch), 1e3 * step, 1e-9 * flops / step, 1e-9 * rate,
      flops / step / rate);
  return absl::OkStatus();
}

absl::Status Run(const char* path, int threads) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto checkpoint, Checkpoint::Open(path));
  LocalOptions options;
  options.threads = threads;
  SPACEMOE_ASSIGN_OR_RETURN(const auto engine,
                            LocalEngine::Create(*checkpoint, options));
  SPACEMOE_RETURN_IF_ERROR(ReportBatch1(*engine, *checkpoint, threads));
  for (const int64_t batch : {4, 16, 64}) {
    SPACEMOE_RETURN_IF_ERROR(ReportBatch(*engine, *checkpoint, batch, threads));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CHECKPOINT [THREADS]\n", argv[0]);
    return 2;
  }
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int threads = argc > 2 ? std::atoi(argv[2]) : cores;
  const absl::Status status = spacemoe::Run(argv[1], std::max(1, threads));
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
