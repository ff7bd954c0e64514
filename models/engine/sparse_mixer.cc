#include "models/engine/sparse_mixer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/container/inlined_vector.h"

namespace spacemoe {
namespace {

using Logits = absl::InlinedVector<float, 16>;

constexpr float kTaken = -std::numeric_limits<float>::infinity();

int64_t Largest(const Logits& left) {
  int64_t best = 0;
  for (size_t e = 1; e < left.size(); ++e) {
    if (left[e] > left[best] || std::isnan(left[best])) {
      best = static_cast<int64_t>(e);
    }
  }
  return best;
}

// In double precision, so that the bits do not depend on the C library.
float WeightOf(float most, const Logits& left, double jitter) {
  double sum = 0;
  for (const float logit : left) {
    const float size = std::max(std::abs(logit), most);
    const bool far = (most - logit) / size > static_cast<float>(2 * jitter);
    if (logit != kTaken && !far) sum += std::exp(double{logit} - double{most});
  }
  return static_cast<float>(1 / sum);
}

}  // namespace

Routing SparseMixer(const RouterShape& shape, const float* logits) {
  Logits left(logits, logits + shape.experts);
  Routing chosen;
  for (int64_t k = 0; k < shape.top_k; ++k) {
    const int64_t best = Largest(left);
    chosen.push_back({static_cast<int32_t>(best),
                      WeightOf(left[best], left, shape.rule.jitter)});
    left[best] = kTaken;
  }
  return chosen;
}

}  // namespace spacemoe
