#include "cli/calibrate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "models/checkpoint/model_weights.h"
#include "models/engine/role_factory.h"
#include "models/sampler/sampler.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kWarmUpLaps = 1;
constexpr int kLaps = 8;
// Weights that a lap reads at most: more than caches hold, but soon read.
constexpr int64_t kLapBytes = 512 << 20;

// Values that no computation finds easy: neither zeros nor denormals.
std::vector<float> SomeRow(int64_t width) {
  std::vector<float> row(width);
  for (int64_t i = 0; i < width; ++i) row[i] = std::sin(0.37f * (i + 1));
  return row;
}

double Median(std::vector<double> seconds) {
  if (seconds.empty()) return 0;
  const auto middle = seconds.begin() + seconds.size() / 2;
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

// CPU time of this thread since the last call.
class Lapse {
 public:
  double Seconds() {
    const int64_t now = clock_.ThreadCpu();
    return 1e-9 * (now - std::exchange(last_ns_, now));
  }

 private:
  const MonotonicClock clock_{MonotonicNanos(), 1};
  int64_t last_ns_ = clock_.ThreadCpu();
};

// Layers with experts from the first on, as many as kLapBytes have room for,
// but one at least; the first layer of a model without experts.
absl::StatusOr<std::vector<int64_t>> LayersOfALap(
    const Checkpoint& checkpoint) {
  const ModelWeights weights(checkpoint);
  const ModelConfig& config = checkpoint.config();
  std::vector<int64_t> layers;
  int64_t bytes = 0;
  for (int64_t l = config.FirstLayerWithExperts(); l < config.layers; ++l) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t gateway, weights.GatewayBytes(l));
    bytes += gateway;
    if (config.Experts(l) > 0) {
      SPACEMOE_ASSIGN_OR_RETURN(const int64_t expert,
                                weights.ExpertBytes(l, 0));
      bytes += expert * config.ExpertsPerToken(l);
    }
    if (!layers.empty() && bytes > kLapBytes) break;
    layers.push_back(l);
  }
  return layers;
}

// Laps through one process, layer after layer as a token goes, so that the
// weights are as cold as they are on the satellites.
class LapCalibration {
 public:
  static absl::StatusOr<std::unique_ptr<LapCalibration>> Create(
      const Checkpoint& checkpoint, const ComputeOptions& compute) {
    std::unique_ptr<LapCalibration> laps(
        new LapCalibration(checkpoint.config().hidden_size));
    SPACEMOE_ASSIGN_OR_RETURN(const std::vector<int64_t> layers,
                              LayersOfALap(checkpoint));
    for (int64_t l : layers) {
      SPACEMOE_RETURN_IF_ERROR(laps->AddLayer(checkpoint, l, compute));
    }
    SPACEMOE_ASSIGN_OR_RETURN(laps->head_, MakeHead(checkpoint, compute));
    laps->logits_.resize(laps->head_->vocab_size());
    return laps;
  }

  absl::StatusOr<RoleSeconds> Run() {
    for (int lap = 0; lap < kWarmUpLaps + kLaps; ++lap) {
      if (lap == kWarmUpLaps) gateway_s_ = expert_s_ = head_s_ = {};
      for (Layer& layer : layers_) {
        SPACEMOE_RETURN_IF_ERROR(RunGateway(lap, &layer));
        SPACEMOE_RETURN_IF_ERROR(RunExperts(lap, &layer));
      }
      SPACEMOE_RETURN_IF_ERROR(RunHead(lap));
    }
    return RoleSeconds{Median(gateway_s_), Median(expert_s_), Median(head_s_)};
  }

 private:
  struct Layer {
    std::unique_ptr<LayerCombiner> combiner;
    std::unique_ptr<GatewayRole> gateway;
    std::unique_ptr<ExpertRole> experts;  // all of them; null: a dense layer
    int64_t selected = 0;
  };

  explicit LapCalibration(int64_t width)
      : input_(SomeRow(width)),
        hidden_(width),
        normed_(width),
        shared_(width),
        output_(width) {}

  absl::Status AddLayer(const Checkpoint& checkpoint, int64_t l,
                        const ComputeOptions& compute) {
    const ModelConfig& config = checkpoint.config();
    Layer& layer = layers_.emplace_back();
    SPACEMOE_ASSIGN_OR_RETURN(layer.combiner,
                              MakeCombiner(checkpoint, l, compute));
    SPACEMOE_ASSIGN_OR_RETURN(layer.gateway,
                              MakeGateway(checkpoint, l, compute));
    if (config.Experts(l) == 0) return absl::OkStatus();
    std::vector<int32_t> all(config.Experts(l));
    for (size_t e = 0; e < all.size(); ++e) all[e] = static_cast<int32_t>(e);
    layer.selected = config.ExpertsPerToken(l);
    SPACEMOE_ASSIGN_OR_RETURN(layer.experts,
                              MakeExperts(checkpoint, l, all, compute));
    return absl::OkStatus();
  }

  absl::Status RunGateway(int lap, Layer* layer) {
    CombineRow parts{input_.data(), nullptr, {}};
    if (layer->gateway->has_shared()) parts.shared = input_.data();
    parts.experts.assign(layer->selected, input_.data());
    const GatewayRow row{1, lap, kWarmUpLaps + kLaps, false};
    Lapse lapse;
    SPACEMOE_RETURN_IF_ERROR(
        layer->combiner->Combine({&parts, 1}, hidden_.data()));
    SPACEMOE_RETURN_IF_ERROR(
        layer->gateway->Attend(absl::MakeConstSpan(&row, 1), hidden_.data(),
                               normed_.data(), &routing_));
    if (layer->gateway->has_shared()) {
      SPACEMOE_RETURN_IF_ERROR(
          layer->gateway->Shared(1, normed_.data(), shared_.data()));
    }
    gateway_s_.push_back(lapse.Seconds());
    return absl::OkStatus();
  }

  // Others in each lap.
  absl::Status RunExperts(int lap, Layer* layer) {
    if (layer->experts == nullptr) return absl::OkStatus();
    const auto count = static_cast<int64_t>(layer->experts->experts().size());
    const float weight = 1;
    for (int64_t i = 0; i < layer->selected; ++i) {
      const auto expert =
          static_cast<int32_t>((lap * layer->selected + i) % count);
      Lapse lapse;
      SPACEMOE_RETURN_IF_ERROR(layer->experts->Run(expert, 1, normed_.data(),
                                                   &weight, output_.data()));
      expert_s_.push_back(lapse.Seconds());
    }
    return absl::OkStatus();
  }

  absl::Status RunHead(int lap) {
    Lapse lapse;
    SPACEMOE_RETURN_IF_ERROR(head_->Logits(1, input_.data(), logits_.data()));
    const int64_t token = SampleToken(logits_, {}, lap);
    SPACEMOE_RETURN_IF_ERROR(
        head_->Embed(absl::MakeConstSpan(&token, 1), hidden_.data()));
    head_s_.push_back(lapse.Seconds());
    return absl::OkStatus();
  }

  std::vector<Layer> layers_;
  std::unique_ptr<HeadRole> head_;
  const std::vector<float> input_;
  std::vector<float> hidden_, normed_, shared_, output_, logits_;
  std::vector<Routing> routing_ = std::vector<Routing>(1);
  std::vector<double> gateway_s_, expert_s_, head_s_;
};

}  // namespace

absl::StatusOr<RoleSeconds> MeasureRoles(const Checkpoint& checkpoint,
                                         const RingOptions& ring) {
  ComputeOptions compute;
  compute.bfloat16 = ring.plan.bfloat16;
  compute.kernel =
      ring.kernel == "aten" ? KernelKind::kAten : KernelKind::kNative;
  SPACEMOE_RETURN_IF_ERROR(ValidateCompute(checkpoint, compute));
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<LapCalibration> laps,
                            LapCalibration::Create(checkpoint, compute));
  return laps->Run();
}

absl::Status MeasureIfUnknown(const Checkpoint& checkpoint, RingOptions* ring) {
  PlanOptions& plan = ring->plan;
  if (plan.modelled_flops != 0 || !plan.measured.empty())
    return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(plan.measured, MeasureRoles(checkpoint, *ring));
  return absl::OkStatus();
}

}  // namespace spacemoe
