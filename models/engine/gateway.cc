#include "models/engine/gateway.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "models/engine/torch_guard.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

void CopyFloats(const float* from, int64_t count, float* to) {
  std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));
}

AttentionShape ShapeOf(const ModelConfig& config) {
  return {config.heads, config.kv_heads, config.head_dim,
          static_cast<float>(config.attention_scale)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Create(
    const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
    std::shared_ptr<EngineContext> context) {
  std::unique_ptr<Gateway> gateway(
      new Gateway(checkpoint.config(), kv_bytes_limit, std::move(context)));
  const WeightLoader loader(checkpoint, gateway->arithmetic_, layer);
  SPACEMOE_ASSIGN_OR_RETURN(gateway->weights_,
                            LoadGateway(checkpoint.config(), loader));
  return gateway;
}

Gateway::Gateway(const ModelConfig& config, int64_t kv_bytes_limit,
                 std::shared_ptr<EngineContext> context)
    : config_(config),
      context_(std::move(context)),
      arithmetic_(*context_->arithmetic),
      rotary_(config, arithmetic_.bfloat16()),
      shape_(ShapeOf(config)),
      rule_{config.routing, config.experts, config.experts_per_token},
      cache_(config.kv_heads * config.head_dim, kv_bytes_limit) {}

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
  float* x = Floats(Buffer::kNormed, count, config_.hidden_size);
  arithmetic_.RmsNorm(weights_.attention_norm,
                      static_cast<float>(config_.rms_norm_eps), hidden, count,
                      x);
  Project(count, x);
  RotateAndAppend(rows);
  if (full_.empty()) return;
  Attention(rows);
  AddBranch(hidden);
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

void Gateway::Project(int64_t rows, const float* x) {
  q_ = Floats(Buffer::kQueries, full_rows(), weights_.q.rows());
  k_ = Floats(Buffer::kKeys, rows, weights_.k.rows());
  v_ = Floats(Buffer::kValues, rows, weights_.v.rows());
  arithmetic_.Multiply({{&weights_.q, Gathered(x, Buffer::kQueryInput),
                         full_rows(), q_, BiasData(weights_.q_bias)},
                        {&weights_.k, x, rows, k_, BiasData(weights_.k_bias)},
                        {&weights_.v, x, rows, v_, BiasData(weights_.v_bias)}});
}

void Gateway::RotateAndAppend(absl::Span<const GatewayRow> rows) {
  float* cos = Floats(Buffer::kAngles, 2, rotary_.half_dim());
  float* sin = cos + rotary_.half_dim();
  int64_t next_full = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    rotary_.Angles(rows[r].position, cos, sin);
    AppendKeyValue(static_cast<int64_t>(r), rows[r].position, cos, sin);
    if (!rows[r].cache_only) RotateQuery(next_full++, cos, sin);
  }
}

void Gateway::RotateQuery(int64_t full_row, const float* cos,
                          const float* sin) {
  arithmetic_.Rope(q_ + full_row * weights_.q.rows(), config_.heads,
                   config_.head_dim, cos, sin);
}

void Gateway::AppendKeyValue(int64_t row, int64_t position, const float* cos,
                             const float* sin) {
  const int64_t width = weights_.k.rows();
  float* key = caches_[row]->Key(position);
  CopyFloats(k_ + row * width, width, key);
  arithmetic_.Rope(key, config_.kv_heads, config_.head_dim, cos, sin);
  CopyFloats(v_ + row * width, width, caches_[row]->Value(position));
}

int64_t Gateway::FirstKey(int64_t position) const {
  if (!config_.sliding_window) return 0;
  return std::max<int64_t>(0, position - *config_.sliding_window + 1);
}

void Gateway::Attention(absl::Span<const GatewayRow> rows) {
  const int64_t width = weights_.q.rows();
  attended_ = Floats(Buffer::kAttended, full_rows(), width);
  queries_.clear();
  for (int64_t i = 0; i < full_rows(); ++i) {
    const int64_t position = rows[full_[i]].position;
    SequenceCache& cache = *caches_[full_[i]];
    queries_.push_back({q_ + i * width, cache.Key(0), cache.Value(0), position,
                        FirstKey(position), attended_ + i * width});
  }
  arithmetic_.Attend(shape_, queries_);
}

void Gateway::AddBranch(float* hidden) {
  const int64_t width = config_.hidden_size;
  float* branch = Floats(Buffer::kBranch, full_rows(), width);
  arithmetic_.Multiply({{&weights_.o, attended_, full_rows(), branch,
                         BiasData(weights_.o_bias)}});
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
  arithmetic_.RmsNorm(weights_.ffn_norm,
                      static_cast<float>(config_.rms_norm_eps), residual,
                      full_rows(), x);
  float* logits = Floats(Buffer::kRouterLogits, full_rows(), rule_.experts);
  arithmetic_.Multiply({{&weights_.router, x, full_rows(), logits}});
  for (int64_t i = 0; i < full_rows(); ++i) {
    (*routing)[full_[i]] =
        Route(rule_, arithmetic_, logits + i * rule_.experts);
    if (all_full_) continue;
    CopyFloats(x + i * width, width, normed + full_[i] * width);
  }
}

absl::Status Gateway::Shared(int64_t rows, const float* normed, float* out) {
  if (!has_shared()) {
    return absl::FailedPreconditionError("the layer has no shared part");
  }
  return Guarded([&] {
    RunFeedForward(*context_,
                   {{&*weights_.shared, normed, rows, nullptr, out}});
    return absl::OkStatus();
  });
}

double Gateway::Flops(int64_t position) const {
  const double keys = static_cast<double>(position - FirstKey(position) + 1);
  const double outputs = static_cast<double>(
      2 * weights_.q.rows() + 2 * weights_.k.rows() + weights_.router.rows());
  const double attention = 4.0 * keys * static_cast<double>(weights_.q.rows());
  const double shared = weights_.shared ? weights_.shared->Flops() : 0;
  return 2.0 * outputs * config_.hidden_size + attention + shared;
}

}  // namespace spacemoe
