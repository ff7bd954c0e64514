#include "tests/models/engine/split_model.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int64_t kCapacity = 128;

}  // namespace

absl::StatusOr<std::unique_ptr<SplitModel>> SplitModel::Create(
    const Checkpoint& checkpoint, const ComputeOptions& options,
    int64_t experts_per_role) {
  auto model = std::make_unique<SplitModel>();
  SPACEMOE_ASSIGN_OR_RETURN(model->head_, MakeHead(checkpoint, options));
  for (int64_t l = 0; l < checkpoint.config().layers; ++l) {
    SPACEMOE_RETURN_IF_ERROR(
        model->LoadLayer(checkpoint, options, l, experts_per_role));
  }
  return model;
}

absl::Status SplitModel::LoadLayer(const Checkpoint& checkpoint,
                                   const ComputeOptions& options, int64_t layer,
                                   int64_t experts_per_role) {
  Layer loaded;
  SPACEMOE_ASSIGN_OR_RETURN(loaded.gateway,
                            MakeGateway(checkpoint, layer, options));
  SPACEMOE_ASSIGN_OR_RETURN(loaded.combiner,
                            MakeCombiner(checkpoint, layer, options));
  const int64_t count = checkpoint.config().Experts(layer);
  for (int64_t first = 0; first < count; first += experts_per_role) {
    std::vector<int32_t> ids(std::min(experts_per_role, count - first));
    std::iota(ids.begin(), ids.end(), static_cast<int32_t>(first));
    SPACEMOE_ASSIGN_OR_RETURN(auto experts,
                              MakeExperts(checkpoint, layer, ids, options));
    loaded.holder.insert(loaded.holder.end(), ids.size(), experts.get());
    loaded.experts.push_back(std::move(experts));
  }
  layers_.push_back(std::move(loaded));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> SplitModel::Logits(
    uint64_t sequence, const std::vector<int64_t>& ids, int64_t first) {
  Floats logits;
  for (int64_t p = first; p < static_cast<int64_t>(ids.size()); ++p) {
    SPACEMOE_ASSIGN_OR_RETURN(const Floats step,
                              Step({{sequence, p, kCapacity, false,
                                     static_cast<int64_t>(ids.size())}},
                                   {ids[p]}));
    logits.insert(logits.end(), step.begin(), step.end());
  }
  return logits;
}

absl::StatusOr<std::vector<std::vector<float>>> SplitModel::LogitsTogether(
    const std::vector<std::vector<int64_t>>& texts) {
  std::vector<Floats> logits(texts.size());
  for (size_t p = 0; p < texts.front().size(); ++p) {
    std::vector<GatewayRow> rows;
    std::vector<int64_t> ids;
    for (size_t s = 0; s < texts.size(); ++s) {
      rows.push_back({s, static_cast<int64_t>(p), kCapacity, false,
                      static_cast<int64_t>(texts[s].size())});
      ids.push_back(texts[s][p]);
    }
    SPACEMOE_ASSIGN_OR_RETURN(const Floats step, Step(rows, ids));
    const int64_t vocab = head_->vocab_size();
    for (size_t s = 0; s < texts.size(); ++s) {
      logits[s].insert(logits[s].end(), step.begin() + s * vocab,
                       step.begin() + (s + 1) * vocab);
    }
  }
  return logits;
}

absl::StatusOr<std::vector<float>> SplitModel::Step(
    const std::vector<GatewayRow>& rows, const std::vector<int64_t>& ids) {
  Floats hidden(rows.size() * head_->hidden_size());
  SPACEMOE_RETURN_IF_ERROR(head_->Embed(ids, hidden.data()));
  for (Layer& layer : layers_) {
    SPACEMOE_RETURN_IF_ERROR(RunLayer(layer, rows, hidden));
  }
  Floats logits(rows.size() * head_->vocab_size());
  SPACEMOE_RETURN_IF_ERROR(head_->Logits(static_cast<int64_t>(rows.size()),
                                         hidden.data(), logits.data()));
  return logits;
}

absl::Status SplitModel::RunLayer(Layer& layer,
                                  const std::vector<GatewayRow>& rows,
                                  Floats& hidden) {
  const int64_t width = head_->hidden_size();
  Floats normed(hidden.size());
  Floats shared(hidden.size());
  std::vector<Routing> routing;
  SPACEMOE_RETURN_IF_ERROR(
      layer.gateway->Attend(rows, hidden.data(), normed.data(), &routing));
  const bool has_shared = layer.gateway->has_shared();
  if (has_shared) {
    SPACEMOE_RETURN_IF_ERROR(layer.gateway->Shared(
        static_cast<int64_t>(rows.size()), normed.data(), shared.data()));
  }
  std::vector<Floats> outputs;
  outputs.reserve(rows.size() * routing.front().size());
  std::vector<CombineRow> combine(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    combine[r].residual = hidden.data() + r * width;
    if (has_shared) combine[r].shared = shared.data() + r * width;
    for (const ExpertChoice& choice : routing[r]) {
      SPACEMOE_ASSIGN_OR_RETURN(
          Floats output, RunExpert(layer, choice, normed.data() + r * width));
      outputs.push_back(std::move(output));
      combine[r].experts.push_back(outputs.back().data());
    }
  }
  Floats next(hidden.size());
  SPACEMOE_RETURN_IF_ERROR(layer.combiner->Combine(combine, next.data()));
  hidden = std::move(next);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> SplitModel::RunExpert(
    Layer& layer, const ExpertChoice& choice, const float* normed) {
  Floats output(head_->hidden_size());
  SPACEMOE_RETURN_IF_ERROR(layer.holder[choice.expert]->Run(
      choice.expert, 1, normed, &choice.weight, output.data()));
  return output;
}

}  // namespace spacemoe
