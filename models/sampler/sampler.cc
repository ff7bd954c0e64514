#include "models/sampler/sampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/sampler/candidates.h"
#include "models/sampler/philox.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Logits that are looked through at once.
constexpr size_t kBlock = 256;
constexpr size_t kLanes = 16;  // that the compiler can keep in vectors

// Of [begin, begin + kBlock): whether one is more than `than`.
bool HasMore(const float* begin, float than) {
  std::array<float, kLanes> most;
  most.fill(than);
  for (size_t i = 0; i < kBlock; i += kLanes) {
    for (size_t j = 0; j < kLanes; ++j)
      most[j] = begin[i + j] > most[j] ? begin[i + j] : most[j];
  }
  return std::any_of(most.begin(), most.end(),
                     [than](float value) { return value > than; });
}

// The first of the greatest; with no number among the logits, token 0.
int64_t Greedy(absl::Span<const float> logits) {
  size_t best = 0;
  float best_logit = -std::numeric_limits<float>::infinity();
  for (size_t begin = 0; begin < logits.size(); begin += kBlock) {
    const size_t end = std::min(begin + kBlock, logits.size());
    if (end - begin == kBlock && !HasMore(logits.data() + begin, best_logit))
      continue;
    for (size_t i = begin; i < end; ++i) {
      if (!(logits[i] > best_logit)) continue;
      best = i;
      best_logit = logits[i];
    }
  }
  return static_cast<int64_t>(best);
}

bool ById(const Candidate& a, const Candidate& b) { return a.id < b.id; }

absl::Status CheckFinite(const char* name, float value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": expected a finite number, found ", value));
}

absl::Status CheckBias(const TokenBias& bias, int64_t vocab_size) {
  if (bias.token < 0 || bias.token >= vocab_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("logit_bias: expected tokens from 0 to ", vocab_size - 1,
                     ", found ", bias.token));
  }
  return CheckFinite("logit_bias", bias.bias);
}

}  // namespace

absl::Status ValidateSampling(const SamplingOptions& options,
                              int64_t vocab_size) {
  if (!std::isfinite(options.temperature) || options.temperature < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("temperature: expected a number of at least 0, found ",
                     options.temperature));
  }
  if (options.top_k < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("top_k: expected at least 0, found ", options.top_k));
  }
  if (!(options.top_p > 0 && options.top_p <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "top_p: expected more than 0 and at most 1, found ", options.top_p));
  }
  SPACEMOE_RETURN_IF_ERROR(
      CheckFinite("presence_penalty", options.presence_penalty));
  SPACEMOE_RETURN_IF_ERROR(
      CheckFinite("frequency_penalty", options.frequency_penalty));
  for (const TokenBias& bias : options.logit_bias)
    SPACEMOE_RETURN_IF_ERROR(CheckBias(bias, vocab_size));
  return absl::OkStatus();
}

int64_t SampleToken(absl::Span<const float> logits,
                    const SamplingOptions& options, int64_t position) {
  if (options.temperature == 0) return Greedy(logits);
  std::vector<Candidate> candidates =
      ScaledCandidates(logits, options.temperature);
  if (candidates.empty()) return Greedy(logits);
  KeepTopK(options.top_k, candidates);
  std::sort(candidates.begin(), candidates.end(), ById);
  Softmax(candidates);
  KeepTopP(options.top_p, candidates);
  return Draw(candidates, UniformAt(options.seed, position));
}

}  // namespace spacemoe
