#include "models/engine/experts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/engine/torch_guard.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<Experts>> Experts::Create(
    const Checkpoint& checkpoint, int64_t layer, std::vector<int32_t> ids,
    std::shared_ptr<EngineContext> context) {
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer ", layer, ": expert ", *twice, " is listed more than once"));
  }
  std::unique_ptr<Experts> experts(new Experts(std::move(context)));
  for (const int32_t id : ids) {
    const WeightLoader loader(checkpoint, *experts->context_->arithmetic, layer,
                              id);
    SPACEMOE_ASSIGN_OR_RETURN(FeedForward block,
                              LoadExpert(checkpoint.config(), loader));
    experts->blocks_.push_back(std::move(block));
  }
  experts->ids_ = std::move(ids);
  return experts;
}

const FeedForward* Experts::block(int32_t expert) const {
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), expert);
  if (at == ids_.end() || *at != expert) return nullptr;
  return &blocks_[at - ids_.begin()];
}

absl::Status Experts::Run(int32_t expert, int64_t rows, const float* normed,
                          const float* weights, float* out) {
  const FeedForward* held = block(expert);
  if (held == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("expert ", expert, " is not held here"));
  }
  return Guarded([&] {
    RunFeedForward(*context_, {{held, normed, rows, weights, out}});
    return absl::OkStatus();
  });
}

double Experts::Flops() const {
  double most = 0;
  for (const FeedForward& block : blocks_) {
    most = std::max(most, block.Flops());
  }
  return most;
}

}  // namespace spacemoe
