#include "cli/profile/activation_counter.h"

namespace spacemoe {
namespace {

std::vector<std::vector<int64_t>> Zeros(int64_t rows, int64_t cols) {
  return std::vector<std::vector<int64_t>>(rows, std::vector<int64_t>(cols));
}

std::vector<double> Shares(const std::vector<int64_t>& counts, int64_t total) {
  std::vector<double> shares;
  for (int64_t count : counts) {
    shares.push_back(static_cast<double>(count) / total);
  }
  return shares;
}

}  // namespace

ActivationCounter::ActivationCounter(const ModelConfig& config)
    : config_(config) {
  for (int64_t l = 0; l < config.layers; ++l) {
    const int64_t experts = config.Experts(l);
    const int64_t next = config.Experts(l + 1);
    layers_.push_back({std::vector<int64_t>(experts), Zeros(experts, experts),
                       Zeros(experts, next)});
  }
}

void ActivationCounter::Add(int64_t layer, uint64_t sequence, int64_t position,
                            const Routing& routing) {
  if (layer == 0) ++tokens_;
  LayerCounts& counts = layers_[layer];
  for (const ExpertChoice& a : routing) {
    ++counts.chosen[a.expert];
    for (const ExpertChoice& b : routing) ++counts.pairs[a.expert][b.expert];
  }
  Routing& before = previous_[{sequence, position}];
  if (layer > 0) {
    for (const ExpertChoice& a : before) {
      for (const ExpertChoice& b : routing) {
        ++layers_[layer - 1].next[a.expert][b.expert];
      }
    }
  }
  before = routing;
}

absl::StatusOr<ActivationProfile> ActivationCounter::Profile() const {
  if (tokens_ == 0) {
    return absl::FailedPreconditionError(
        "the text holds no token: nothing was measured");
  }
  ActivationProfile profile;
  profile.family = config_.family;
  profile.layers = static_cast<int>(config_.layers);
  profile.experts = static_cast<int>(config_.experts);
  profile.top_k = static_cast<int>(config_.experts_per_token);
  profile.tokens = tokens_;
  for (const LayerCounts& counts : layers_) {
    profile.activation.push_back(Shares(counts.chosen, tokens_));
    auto& pairs = profile.coactivation.emplace_back();
    for (const auto& row : counts.pairs) pairs.push_back(Shares(row, tokens_));
  }
  for (size_t layer = 0; layer + 1 < layers_.size(); ++layer) {
    profile.transitions.push_back(layers_[layer].next);
  }
  return profile;
}

}  // namespace spacemoe
