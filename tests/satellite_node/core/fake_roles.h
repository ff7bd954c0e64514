// Roles of a tiny made-up model, whose text can be computed in a few lines.
#ifndef SPACEMOE_TESTS_SATELLITE_NODE_CORE_FAKE_ROLES_H_
#define SPACEMOE_TESTS_SATELLITE_NODE_CORE_FAKE_ROLES_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/roles/roles.h"

namespace spacemoe::testing {

inline constexpr int64_t kHidden = 4;
inline constexpr int64_t kVocab = 97;
inline constexpr int32_t kExperts = 5;

inline Routing FakeRouting(const float* normed) {
  const int32_t a = static_cast<int32_t>(std::fabs(normed[0]) * 7) % kExperts;
  const int32_t b =
      (a + 1 +
       static_cast<int32_t>(std::fabs(normed[1]) * 3) % (kExperts - 1)) %
      kExperts;
  return {{std::min(a, b), 0.25f}, {std::max(a, b), 0.75f}};
}

// Attention: adds what the cache has seen so far, so that a row that ran out
// of turn or twice would change all that follow.
class FakeGateway final : public GatewayRole {
 public:
  explicit FakeGateway(int64_t layer) : layer_(layer) {}

  int64_t hidden_size() const override { return kHidden; }
  bool has_shared() const override { return true; }

  absl::Status Attend(absl::Span<const GatewayRow> rows, float* hidden,
                      float* normed, std::vector<Routing>* routing) override {
    routing->assign(rows.size(), {});
    largest_batch = std::max<int64_t>(largest_batch, rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      std::vector<float>& seen = seen_[rows[r].sequence];
      if (static_cast<int64_t>(seen.size()) != rows[r].position) {
        return absl::FailedPreconditionError(absl::StrCat(
            "position ", rows[r].position, " after ", seen.size()));
      }
      float* h = hidden + r * kHidden;
      seen.push_back(h[0]);
      float sum = 0;
      for (float value : seen) sum = 0.5f * sum + value;
      for (int64_t k = 0; k < kHidden; ++k) {
        h[k] += 0.1f * sum + 0.01f * static_cast<float>(layer_);
        normed[r * kHidden + k] = std::fmod(h[k] * (k + 1), 3.0f);
      }
      (*routing)[r] = FakeRouting(normed + r * kHidden);
    }
    return absl::OkStatus();
  }

  absl::Status Shared(int64_t rows, const float* normed, float* out) override {
    for (int64_t i = 0; i < rows * kHidden; ++i) out[i] = 0.5f * normed[i];
    return absl::OkStatus();
  }

  void Release(uint64_t sequence) override { seen_.erase(sequence); }
  int64_t CacheBytes() const override {
    return static_cast<int64_t>(seen_.size());
  }
  double Flops(int64_t) const override { return 1000; }

  int64_t largest_batch = 0;

 private:
  const int64_t layer_;
  std::map<uint64_t, std::vector<float>> seen_;
};

class FakeExperts final : public ExpertRole {
 public:
  explicit FakeExperts(std::vector<int32_t> experts)
      : experts_(std::move(experts)) {}
  const std::vector<int32_t>& experts() const override { return experts_; }
  absl::Status Run(int32_t expert, int64_t rows, const float* normed,
                   const float* weights, float* out) override {
    for (int64_t i = 0; i < rows * kHidden; ++i) {
      out[i] = weights[i / kHidden] *
               (normed[i] + static_cast<float>(expert) * 0.3f);
    }
    return absl::OkStatus();
  }
  double Flops() const override { return 500; }

 private:
  const std::vector<int32_t> experts_;
};

class FakeCombiner final : public LayerCombiner {
 public:
  absl::Status Combine(absl::Span<const CombineRow> rows, float* out) override {
    for (size_t r = 0; r < rows.size(); ++r) {
      for (int64_t k = 0; k < kHidden; ++k) {
        float sum = 0;
        for (const float* expert : rows[r].experts) sum += expert[k];
        if (rows[r].shared != nullptr) sum += rows[r].shared[k];
        out[r * kHidden + k] = rows[r].residual[k] + 0.5f * sum;
      }
    }
    return absl::OkStatus();
  }
};

// The parts of a layer in one.
class FakeLayer final : public LayerRole {
 public:
  explicit FakeLayer(int64_t layer) : gateway_(layer) {}

  int64_t hidden_size() const override { return kHidden; }

  absl::Status Run(absl::Span<const GatewayRow> rows, float* hidden) override {
    std::vector<float> normed(rows.size() * kHidden);
    std::vector<Routing> routing;
    const absl::Status attended =
        gateway_.Attend(rows, hidden, normed.data(), &routing);
    float* out = hidden;
    for (size_t r = 0; attended.ok() && r < rows.size(); ++r) {
      if (rows[r].cache_only) continue;
      const std::vector<float> residual(hidden + r * kHidden,
                                        hidden + (r + 1) * kHidden);
      Finish(residual, normed.data() + r * kHidden, routing[r], out);
      out += kHidden;
    }
    return attended;
  }

  void Release(uint64_t sequence) override { gateway_.Release(sequence); }
  double Flops(int64_t position) const override {
    return gateway_.Flops(position) + 2 * FakeExperts({}).Flops();
  }

 private:
  void Finish(const std::vector<float>& residual, const float* normed,
              const Routing& routing, float* out) {
    std::vector<float> shared(kHidden);
    (void)gateway_.Shared(1, normed, shared.data());
    std::vector<std::vector<float>> outputs;
    for (const ExpertChoice& choice : routing) {
      outputs.emplace_back(kHidden);
      (void)FakeExperts({choice.expert})
          .Run(choice.expert, 1, normed, &choice.weight, outputs.back().data());
    }
    CombineRow combine;
    combine.residual = residual.data();
    combine.shared = shared.data();
    for (const auto& output : outputs) combine.experts.push_back(output.data());
    (void)FakeCombiner().Combine({combine}, out);
  }

  FakeGateway gateway_;
};

class FakeHead final : public HeadRole {
 public:
  int64_t hidden_size() const override { return kHidden; }
  int64_t vocab_size() const override { return kVocab; }
  absl::Status Embed(absl::Span<const int64_t> ids, float* out) override {
    for (size_t i = 0; i < ids.size(); ++i) {
      for (int64_t k = 0; k < kHidden; ++k) {
        out[i * kHidden + k] =
            static_cast<float>((ids[i] * (k + 3)) % 11) * 0.1f;
      }
    }
    return absl::OkStatus();
  }
  absl::Status Logits(int64_t rows, const float* hidden,
                      float* logits) override {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t v = 0; v < kVocab; ++v) {
        logits[r * kVocab + v] = std::sin(hidden[r * kHidden + v % kHidden] *
                                          static_cast<float>(v + 1));
      }
    }
    return absl::OkStatus();
  }
  double Flops() const override { return 2000; }
};

// The model in one loop: the tokens that follow `prompt`.
inline std::vector<int64_t> FakeContinuation(int64_t layers,
                                             std::vector<int64_t> ids,
                                             int64_t count) {
  std::vector<FakeLayer> model;
  for (int64_t l = 0; l < layers; ++l) model.emplace_back(l);
  FakeHead head;
  std::vector<int64_t> tokens;
  size_t next = 0;
  while (static_cast<int64_t>(tokens.size()) < count) {
    std::vector<float> hidden(kHidden), logits(kVocab);
    (void)head.Embed({ids[next]}, hidden.data());
    const GatewayRow row{1, static_cast<int64_t>(next), 0, false};
    for (FakeLayer& layer : model) (void)layer.Run({row}, hidden.data());
    ++next;
    if (next < ids.size()) continue;
    (void)head.Logits(1, hidden.data(), logits.data());
    tokens.push_back(std::max_element(logits.begin(), logits.end()) -
                     logits.begin());
    ids.push_back(tokens.back());
  }
  return tokens;
}

}  // namespace spacemoe::testing

#endif  // SPACEMOE_TESTS_SATELLITE_NODE_CORE_FAKE_ROLES_H_
