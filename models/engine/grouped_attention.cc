#include "models/engine/grouped_attention.h"

#include <ATen/ops/ones.h>

#include <cmath>
#include <cstring>
#include <utility>

#include "models/engine/norm.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

void CopyFloats(const float* from, int64_t count, float* to) {
  std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
}

}  // namespace

GroupedAttention::GroupedAttention(const ModelConfig& config, int64_t layer,
                                   std::shared_ptr<EngineContext> context)
    : config_(config),
      layer_(layer),
      rotates_(config.Layer(layer).rope),
      context_(std::move(context)),
      arithmetic_(*context_->arithmetic),
      rotary_(config, arithmetic_.bfloat16()) {
  shape_.heads = config.heads;
  shape_.kv_heads = config.kv_heads;
  shape_.head_dim = config.head_dim;
  shape_.scale = static_cast<float>(config.attention_scale);
}

absl::Status GroupedAttention::Load(const WeightLoader& loader) {
  SPACEMOE_ASSIGN_OR_RETURN(q_, loader.Matrix(TensorRole::kQuery));
  SPACEMOE_ASSIGN_OR_RETURN(k_, loader.Matrix(TensorRole::kKey));
  SPACEMOE_ASSIGN_OR_RETURN(v_, loader.Matrix(TensorRole::kValue));
  if (config_.attention_bias) {
    SPACEMOE_ASSIGN_OR_RETURN(q_bias_, loader.Vector(TensorRole::kQueryBias));
    SPACEMOE_ASSIGN_OR_RETURN(k_bias_, loader.Vector(TensorRole::kKeyBias));
    SPACEMOE_ASSIGN_OR_RETURN(v_bias_, loader.Vector(TensorRole::kValueBias));
  }
  if (config_.attention_sinks) {
    SPACEMOE_ASSIGN_OR_RETURN(sinks_, loader.Vector(TensorRole::kSinks));
    shape_.sinks = sinks_.data_ptr<float>();
  }
  return LoadNorms(loader);
}

absl::Status GroupedAttention::LoadNorms(const WeightLoader& loader) {
  if (config_.qk_norm == QkNorm::kNone) return absl::OkStatus();
  if (config_.qk_norm == QkNorm::kUnweightedAfterRope) {
    q_norm_.eps = static_cast<float>(config_.rms_norm_eps);
    q_norm_.weight = at::ones({config_.head_dim}, at::kFloat);
    k_norm_ = q_norm_;
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(q_norm_, LoadRmsNorm(loader, TensorRole::kQueryNorm,
                                                 config_.rms_norm_eps));
  SPACEMOE_ASSIGN_OR_RETURN(
      k_norm_, LoadRmsNorm(loader, TensorRole::kKeyNorm, config_.rms_norm_eps));
  if (config_.norm == NormKind::kRmsFloat32) {
    q_norm_.kind = config_.norm;
    k_norm_.kind = config_.norm;
  }
  return absl::OkStatus();
}

const float* GroupedAttention::Attend(const AttentionRows& rows) {
  Project(rows);
  NormAndClip(rows);
  RotateAndAppend(rows);
  return rows.full.empty() ? nullptr : AttendRows(rows);
}

void GroupedAttention::Project(const AttentionRows& rows) {
  Workspace& work = context_->workspace;
  const int64_t full = rows.full_count();
  queries_now_ = work.Floats(Buffer::kQueries, full * q_.rows());
  keys_now_ = work.Floats(Buffer::kKeys, rows.count() * k_.rows());
  values_now_ = work.Floats(Buffer::kValues, rows.count() * v_.rows());
  arithmetic_.Multiply(
      {{&q_, rows.full_x, full, queries_now_, BiasData(q_bias_)},
       {&k_, rows.x, rows.count(), keys_now_, BiasData(k_bias_)},
       {&v_, rows.x, rows.count(), values_now_, BiasData(v_bias_)}});
}

void GroupedAttention::NormAndClip(const AttentionRows& rows) {
  const bool each_head = config_.qk_norm == QkNorm::kHead;
  if (each_head || config_.qk_norm == QkNorm::kWidth) {
    const int64_t q_rows = rows.full_count() * (each_head ? shape_.heads : 1);
    const int64_t k_rows = rows.count() * (each_head ? shape_.kv_heads : 1);
    arithmetic_.Norm(q_norm_, queries_now_, q_rows, queries_now_);
    arithmetic_.Norm(k_norm_, keys_now_, k_rows, keys_now_);
  }
  if (!config_.clip_qkv) return;
  const auto limit = static_cast<float>(*config_.clip_qkv);
  Arithmetic::Clip(limit, rows.full_count() * q_.rows(), queries_now_);
  Arithmetic::Clip(limit, rows.count() * k_.rows(), keys_now_);
  Arithmetic::Clip(limit, rows.count() * v_.rows(), values_now_);
}

void GroupedAttention::RotateAndAppend(const AttentionRows& rows) {
  cos_ = context_->workspace.Floats(Buffer::kAngles, 2 * rotary_.half_dim());
  sin_ = cos_ + rotary_.half_dim();
  const int64_t width = k_.rows();
  int64_t next_full = 0;
  for (int64_t r = 0; r < rows.count(); ++r) {
    const GatewayRow& row = rows.rows[r];
    if (rotates_) rotary_.Angles(row.position, row.length(), cos_, sin_);
    float* key = rows.caches[r]->Key(row.position);
    CopyFloats(keys_now_ + r * width, width, key);
    Turn(k_norm_, shape_.kv_heads, key);
    CopyFloats(values_now_ + r * width, width,
               rows.caches[r]->Value(row.position));
    if (row.cache_only) continue;
    float* q = queries_now_ + next_full++ * q_.rows();
    Turn(q_norm_, shape_.heads, q);
    if (!rotates_ && config_.temperature) Temper(row.position, q);
  }
}

bool GroupedAttention::NormsHeadsAfterRope() const {
  return config_.qk_norm == QkNorm::kHeadAfterRope ||
         (config_.qk_norm == QkNorm::kUnweightedAfterRope && rotates_);
}

void GroupedAttention::Turn(const NormWeights& norm, int64_t heads, float* x) {
  if (rotates_) {
    arithmetic_.Rope({heads, config_.head_dim, config_.RotaryDim(),
                      config_.rope_interleaved, config_.rope_float32},
                     cos_, sin_, x);
  }
  if (NormsHeadsAfterRope()) arithmetic_.Norm(norm, x, heads, x);
}

void GroupedAttention::Temper(int64_t position, float* q) {
  const double steps = std::floor(static_cast<double>(position + 1) /
                                  config_.temperature->floor_scale);
  const double factor = std::log1p(steps) * config_.temperature->scale + 1;
  arithmetic_.Scale(static_cast<float>(factor), q_.rows(), q);
}

const float* GroupedAttention::AttendRows(const AttentionRows& rows) {
  const int64_t width = q_.rows();
  float* out =
      context_->workspace.Floats(Buffer::kAttended, rows.full_count() * width);
  queries_.clear();
  for (int64_t i = 0; i < rows.full_count(); ++i) {
    const int64_t position = rows.rows[rows.full[i]].position;
    SequenceCache& cache = *rows.caches[rows.full[i]];
    queries_.push_back({queries_now_ + i * width, cache.Key(0), cache.Value(0),
                        position, config_.FirstKey(layer_, position),
                        out + i * width});
  }
  arithmetic_.Attend(shape_, queries_);
  return out;
}

double GroupedAttention::Flops(double keys) const {
  const double projections =
      2.0 * static_cast<double>(q_.rows() + k_.rows() + v_.rows()) *
      static_cast<double>(config_.hidden_size);
  return projections + 4.0 * keys * static_cast<double>(q_.rows());
}

}  // namespace spacemoe
