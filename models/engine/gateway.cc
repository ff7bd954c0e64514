#include "models/engine/gateway.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "models/engine/norm.h"
#include "models/engine/torch_guard.h"
#include "models/tensor/half.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

void CopyFloats(const float* from, int64_t count, float* to) {
  std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Create(
    const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
    std::shared_ptr<EngineContext> context) {
  std::unique_ptr<Gateway> gateway(new Gateway(
      checkpoint.config(), layer, kv_bytes_limit, std::move(context)));
  SPACEMOE_RETURN_IF_ERROR(
      gateway->Load(WeightLoader(checkpoint, gateway->arithmetic_, layer)));
  return gateway;
}

Gateway::Gateway(const ModelConfig& config, int64_t layer,
                 int64_t kv_bytes_limit, std::shared_ptr<EngineContext> context)
    : config_(config),
      layer_(layer),
      context_(std::move(context)),
      arithmetic_(*context_->arithmetic),
      cache_(config.CachedKeyWidth(), config.CachedValueWidth(),
             kv_bytes_limit) {}

absl::Status Gateway::Load(const WeightLoader& loader) {
  SPACEMOE_RETURN_IF_ERROR(LoadNorms(loader));
  SPACEMOE_ASSIGN_OR_RETURN(attention_,
                            MakeAttention(config_, layer_, loader, context_));
  SPACEMOE_ASSIGN_OR_RETURN(output_,
                            loader.Matrix(TensorRole::kAttentionOutput));
  if (config_.output_bias) {
    SPACEMOE_ASSIGN_OR_RETURN(output_bias_,
                              loader.Vector(TensorRole::kAttentionOutputBias));
  }
  return LoadFeedForward(loader);
}

absl::Status Gateway::LoadNorms(const WeightLoader& loader) {
  if (config_.post_norm) {
    SPACEMOE_ASSIGN_OR_RETURN(
        attention_norm_,
        LoadNorm(config_, loader, TensorRole::kPostAttentionNorm,
                 TensorRole::kAttentionNormBias));
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(
      attention_norm_, LoadNorm(config_, loader, TensorRole::kAttentionNorm,
                                TensorRole::kAttentionNormBias));
  SPACEMOE_ASSIGN_OR_RETURN(ffn_norm_,
                            LoadNorm(config_, loader, TensorRole::kFfnNorm,
                                     TensorRole::kFfnNormBias));
  return absl::OkStatus();
}

absl::Status Gateway::LoadFeedForward(const WeightLoader& loader) {
  if (config_.IsDense(layer_)) {
    SPACEMOE_ASSIGN_OR_RETURN(shared_, LoadDenseBlock(config_, loader));
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(router_, Router::Load(config_, layer_, loader));
  if (config_.SharedWidth(layer_) == 0) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(shared_, LoadSharedPart(config_, loader));
  if (config_.shared_gate) {
    SPACEMOE_ASSIGN_OR_RETURN(shared_weight_,
                              loader.Matrix(TensorRole::kSharedWeight));
  }
  return absl::OkStatus();
}

absl::Status Gateway::Attend(absl::Span<const GatewayRow> rows, float* hidden,
                             float* normed, std::vector<Routing>* routing) {
  return Guarded([&]() -> absl::Status {
    SPACEMOE_RETURN_IF_ERROR(cache_.Extend(rows, &caches_));
    routing->resize(rows.size());
    AttendRows(rows, hidden, normed, routing);
    return absl::OkStatus();
  });
}

void Gateway::AttendRows(absl::Span<const GatewayRow> rows, float* hidden,
                         float* normed, std::vector<Routing>* routing) {
  const auto count = static_cast<int64_t>(rows.size());
  ListFullRows(rows);
  const float* x = AttentionInput(hidden, count);
  const float* attended = attention_->Attend(
      {rows, caches_, full_, x, Gathered(x, Buffer::kQueryInput)});
  if (full_.empty()) return;
  AddBranch(attended, hidden);
  NormAndRoute(hidden, normed, routing);
}

void Gateway::ListFullRows(absl::Span<const GatewayRow> rows) {
  full_.clear();
  for (size_t r = 0; r < rows.size(); ++r) {
    if (!rows[r].cache_only) full_.push_back(static_cast<int64_t>(r));
  }
  all_full_ = full_.size() == rows.size();
}

// The full rows of x [rows, hidden], together.
const float* Gateway::Gathered(const float* x, Buffer buffer) {
  if (all_full_) return x;
  const int64_t hidden = config_.hidden_size;
  float* gathered = Floats(buffer, full_rows(), hidden);
  for (int64_t i = 0; i < full_rows(); ++i) {
    CopyFloats(x + full_[i] * hidden, hidden, gathered + i * hidden);
  }
  return gathered;
}

const float* Gateway::AttentionInput(const float* hidden, int64_t rows) {
  if (config_.post_norm) return hidden;
  float* x = Floats(Buffer::kNormed, rows, config_.hidden_size);
  arithmetic_.Norm(attention_norm_, hidden, rows, x);
  return x;
}

void Gateway::AddBranch(const float* attended, float* hidden) {
  const int64_t width = config_.hidden_size;
  float* branch = Floats(Buffer::kBranch, full_rows(), width);
  arithmetic_.Multiply(
      {{&output_, attended, full_rows(), branch, BiasData(output_bias_)}});
  if (config_.post_norm) {
    arithmetic_.Norm(attention_norm_, branch, full_rows(), branch);
  }
  arithmetic_.Scale(static_cast<float>(config_.residual_multiplier),
                    full_rows() * width, branch);
  for (int64_t i = 0; i < full_rows(); ++i) {
    arithmetic_.Add(branch + i * width, width, hidden + full_[i] * width);
  }
}

void Gateway::NormAndRoute(const float* hidden, float* normed,
                           std::vector<Routing>* routing) {
  const int64_t width = config_.hidden_size;
  const float* residual = Gathered(hidden, Buffer::kResidual);
  float* x = all_full_ ? normed : Floats(Buffer::kBranch, full_rows(), width);
  if (config_.post_norm) {
    CopyFloats(residual, full_rows() * width, x);
  } else {
    arithmetic_.Norm(ffn_norm_, residual, full_rows(), x);
  }
  Route(x, routing);
  if (all_full_) return;
  for (int64_t i = 0; i < full_rows(); ++i) {
    CopyFloats(x + i * width, width, normed + full_[i] * width);
  }
}

void Gateway::Route(const float* x, std::vector<Routing>* routing) {
  for (const int64_t row : full_) (*routing)[row].clear();
  if (!router_) return;
  float* logits = router_->Logits(x, full_rows(), *context_);
  const RouterShape& shape = router_->shape();
  for (int64_t i = 0; i < full_rows(); ++i) {
    (*routing)[full_[i]] =
        spacemoe::Route(shape, arithmetic_, logits + i * shape.experts);
  }
}

// sigmoid of one logit a row.
const float* Gateway::SharedWeights(int64_t rows, const float* normed) {
  if (!shared_weight_) return nullptr;
  float* weights = Floats(Buffer::kSharedWeights, rows, 1);
  arithmetic_.Multiply({{&*shared_weight_, normed, rows, weights}});
  for (int64_t r = 0; r < rows; ++r) {
    // In double precision, so that the bits do not depend on the C library.
    weights[r] = static_cast<float>(1 / (1 + std::exp(-double{weights[r]})));
    if (arithmetic_.bfloat16()) weights[r] = RoundedToBFloat16(weights[r]);
  }
  return weights;
}

FeedForwardJob Gateway::SharedJob(int64_t rows, const float* normed,
                                  float* out) {
  if (!has_shared()) return {};
  return {&*shared_, normed, rows, SharedWeights(rows, normed), out};
}

absl::Status Gateway::Shared(int64_t rows, const float* normed, float* out) {
  if (!has_shared()) {
    return absl::FailedPreconditionError("the layer has no shared part");
  }
  return Guarded([&] {
    RunFeedForward(*context_, {SharedJob(rows, normed, out)});
    return absl::OkStatus();
  });
}

double Gateway::Flops(int64_t position) const {
  const double keys =
      static_cast<double>(position - config_.FirstKey(layer_, position) + 1);
  const double output = 2.0 * static_cast<double>(output_.rows()) *
                        static_cast<double>(output_.cols());
  const double router = router_ ? router_->Flops() : 0;
  const double shared = shared_ ? shared_->Flops() : 0;
  const double shared_weight =
      shared_weight_ ? 2.0 * static_cast<double>(shared_weight_->rows()) *
                           static_cast<double>(shared_weight_->cols())
                     : 0;
  return attention_->Flops(keys) + output + router + shared + shared_weight;
}

}  // namespace spacemoe
