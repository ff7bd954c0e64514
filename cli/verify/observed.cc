#include "cli/verify/observed.h"

namespace spacemoe {

absl::StatusOr<Observed> Observe(LocalEngine* engine,
                                 absl::Span<const int64_t> ids, int64_t width) {
  Observed seen;
  engine->ObserveHidden([&](int64_t layer, int64_t rows, const float* hidden) {
    std::vector<float>& values = seen.hidden[layer];
    values.insert(values.end(), hidden, hidden + rows * width);
  });
  engine->ObserveRouting(
      [&](int64_t layer, uint64_t, int64_t, const Routing& routing) {
        for (const ExpertChoice& choice : routing) {
          seen.routing[layer].experts.push_back(choice.expert);
          seen.routing[layer].weights.push_back(choice.weight);
        }
      });
  const auto logits = engine->Logits(ids);
  engine->ObserveHidden(nullptr);
  engine->ObserveRouting(nullptr);
  if (!logits.ok()) return logits.status();
  return seen;
}

}  // namespace spacemoe
