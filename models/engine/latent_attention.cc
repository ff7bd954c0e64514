#include "models/engine/latent_attention.h"

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

LatentAttentionBlock::LatentAttentionBlock(
    const ModelConfig& config, int64_t layer,
    std::shared_ptr<EngineContext> context)
    : config_(config),
      latent_(*config.latent),
      layer_(layer),
      context_(std::move(context)),
      arithmetic_(*context_->arithmetic),
      rotary_(config, arithmetic_.bfloat16()) {
  shape_.heads = config.heads;
  shape_.kv_heads = 1;
  shape_.head_dim = latent_.cache_width();
  shape_.scale = static_cast<float>(config.attention_scale);
  shape_.value_dim = latent_.kv_rank;
  shape_.value_stride = latent_.cache_width();
  query_rope_ = {config.heads, latent_.query_dim(), latent_.rope_dim,
                 config.rope_interleaved, config.rope_float32};
  key_rope_ = query_rope_;
  key_rope_.heads = 1;
}

absl::Status LatentAttentionBlock::Load(const WeightLoader& loader) {
  SPACEMOE_RETURN_IF_ERROR(LoadQuery(loader));
  return LoadKeyValue(loader);
}

absl::Status LatentAttentionBlock::LoadQuery(const WeightLoader& loader) {
  if (latent_.query_rank == 0) {
    SPACEMOE_ASSIGN_OR_RETURN(q_, loader.Matrix(TensorRole::kQuery));
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(q_, loader.Matrix(TensorRole::kQueryUp));
  SPACEMOE_ASSIGN_OR_RETURN(q_down_, loader.Matrix(TensorRole::kQueryDown));
  SPACEMOE_ASSIGN_OR_RETURN(
      q_norm_,
      LoadRmsNorm(loader, TensorRole::kQueryLatentNorm, latent_.norm_eps));
  if (!config_.attention_bias) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(q_down_bias_,
                            loader.Vector(TensorRole::kQueryDownBias));
  return absl::OkStatus();
}

absl::Status LatentAttentionBlock::LoadKeyValue(const WeightLoader& loader) {
  SPACEMOE_ASSIGN_OR_RETURN(kv_down_, loader.Matrix(TensorRole::kKeyValueDown));
  SPACEMOE_ASSIGN_OR_RETURN(
      latent_norm_,
      LoadRmsNorm(loader, TensorRole::kLatentNorm, latent_.norm_eps));
  SPACEMOE_RETURN_IF_ERROR(LoadUp(loader));
  if (!config_.attention_bias) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(kv_down_bias_,
                            loader.Vector(TensorRole::kKeyValueDownBias));
  return absl::OkStatus();
}

absl::Status LatentAttentionBlock::LoadUp(const WeightLoader& loader) {
  if (!latent_.split_up) {
    SPACEMOE_ASSIGN_OR_RETURN(const MatrixView up,
                              loader.View(TensorRole::kKeyValueUp));
    SplitHeads(up);
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView keys,
                            loader.View(TensorRole::kLatentKeyUp));
  SPACEMOE_ASSIGN_OR_RETURN(const MatrixView values,
                            loader.View(TensorRole::kLatentValueUp));
  const int64_t rank = latent_.kv_rank;
  const int64_t dim = latent_.value_dim;
  for (int64_t h = 0; h < config_.heads; ++h) {
    key_up_.push_back(
        arithmetic_.Prepare(RowRange(keys, h * rank, (h + 1) * rank)));
    value_up_.push_back(
        arithmetic_.Prepare(RowRange(values, h * dim, (h + 1) * dim)));
  }
  return absl::OkStatus();
}

void LatentAttentionBlock::SplitHeads(const MatrixView& up) {
  const int64_t step = latent_.nope_dim + latent_.value_dim;
  for (int64_t h = 0; h < config_.heads; ++h) {
    const int64_t values = h * step + latent_.nope_dim;
    key_up_.push_back(
        arithmetic_.Prepare(Transposed(RowRange(up, h * step, values))));
    value_up_.push_back(
        arithmetic_.Prepare(RowRange(up, values, (h + 1) * step)));
  }
}

const float* LatentAttentionBlock::Attend(const AttentionRows& rows) {
  ProjectQueries(rows);
  ProjectLatents(rows);
  RotateAndAppend(rows);
  if (rows.full.empty()) return nullptr;
  AbsorbKeys(rows.full_count());
  AttendRows(rows);
  return ExpandValues(rows.full_count());
}

void LatentAttentionBlock::ProjectQueries(const AttentionRows& rows) {
  const int64_t full = rows.full_count();
  q_now_ = Floats(Buffer::kQueries, full * q_.rows());
  if (latent_.query_rank == 0) {
    return arithmetic_.Multiply({{&q_, rows.full_x, full, q_now_}});
  }
  float* down = Floats(Buffer::kValues, full * q_down_.rows());
  arithmetic_.Multiply(
      {{&q_down_, rows.full_x, full, down, BiasData(q_down_bias_)}});
  arithmetic_.Norm(q_norm_, down, full, down);
  arithmetic_.Multiply({{&q_, down, full, q_now_}});
}

void LatentAttentionBlock::ProjectLatents(const AttentionRows& rows) {
  latents_now_ = Floats(Buffer::kKeys, rows.count() * kv_down_.rows());
  arithmetic_.Multiply({{&kv_down_, rows.x, rows.count(), latents_now_,
                         BiasData(kv_down_bias_)}});
}

void LatentAttentionBlock::RotateAndAppend(const AttentionRows& rows) {
  cos_ = Floats(Buffer::kAngles, 2 * rotary_.half_dim());
  sin_ = cos_ + rotary_.half_dim();
  absorbed_now_ = Floats(Buffer::kAbsorbed, rows.full_count() * config_.heads *
                                                latent_.cache_width());
  int64_t next_full = 0;
  for (int64_t r = 0; r < rows.count(); ++r) {
    const GatewayRow& row = rows.rows[r];
    rotary_.Angles(row.position, row.length(), cos_, sin_);
    AppendLatent(rows, r);
    if (!row.cache_only) RotateQuery(next_full++);
  }
}

void LatentAttentionBlock::AppendLatent(const AttentionRows& rows,
                                        int64_t row) {
  const int64_t width = latent_.cache_width();
  float* cached = rows.caches[row]->Key(rows.rows[row].position);
  const float* latent = latents_now_ + row * width;
  arithmetic_.Norm(latent_norm_, latent, 1, cached);
  CopyFloats(latent + latent_.kv_rank, latent_.rope_dim,
             cached + latent_.kv_rank);
  arithmetic_.Rope(key_rope_, cos_, sin_, cached + latent_.kv_rank);
}

// The rotated part goes behind the place of the latent one.
void LatentAttentionBlock::RotateQuery(int64_t full_row) {
  float* rotated = q_now_ + full_row * q_.rows() + latent_.nope_dim;
  arithmetic_.Rope(query_rope_, cos_, sin_, rotated);
  const int64_t width = latent_.cache_width();
  float* to = absorbed_now_ + full_row * config_.heads * width;
  for (int64_t h = 0; h < config_.heads; ++h) {
    CopyFloats(rotated + h * latent_.query_dim(), latent_.rope_dim,
               to + h * width + latent_.kv_rank);
  }
}

void LatentAttentionBlock::AbsorbKeys(int64_t full_rows) {
  const int64_t width = latent_.cache_width();
  std::vector<Product>& products = context_->products;
  products.clear();
  for (int64_t h = 0; h < config_.heads; ++h) {
    products.push_back({.weight = &key_up_[h],
                        .x = q_now_ + h * latent_.query_dim(),
                        .rows = full_rows,
                        .y = absorbed_now_ + h * width,
                        .float32 = true,
                        .x_stride = q_.rows(),
                        .y_stride = config_.heads * width});
  }
  arithmetic_.Multiply(products);
}

void LatentAttentionBlock::AttendRows(const AttentionRows& rows) {
  const int64_t q_width = config_.heads * latent_.cache_width();
  const int64_t out_width = config_.heads * latent_.kv_rank;
  attended_now_ =
      Floats(Buffer::kAttendedLatents, rows.full_count() * out_width);
  queries_.clear();
  for (int64_t i = 0; i < rows.full_count(); ++i) {
    const int64_t position = rows.rows[rows.full[i]].position;
    const float* cached = rows.caches[rows.full[i]]->Key(0);
    queries_.push_back({absorbed_now_ + i * q_width, cached, cached, position,
                        config_.FirstKey(layer_, position),
                        attended_now_ + i * out_width});
  }
  arithmetic_.Attend(shape_, queries_);
}

const float* LatentAttentionBlock::ExpandValues(int64_t full_rows) {
  const int64_t width = config_.AttendedWidth();
  float* out = Floats(Buffer::kAttended, full_rows * width);
  std::vector<Product>& products = context_->products;
  products.clear();
  for (int64_t h = 0; h < config_.heads; ++h) {
    products.push_back({.weight = &value_up_[h],
                        .x = attended_now_ + h * latent_.kv_rank,
                        .rows = full_rows,
                        .y = out + h * latent_.value_dim,
                        .x_stride = config_.heads * latent_.kv_rank,
                        .y_stride = width});
  }
  arithmetic_.Multiply(products);
  return out;
}

double LatentAttentionBlock::Flops(double keys) const {
  const auto size = [](const Weight& w) {
    return static_cast<double>(w.rows()) * static_cast<double>(w.cols());
  };
  const auto heads = static_cast<double>(config_.heads);
  double values = size(q_) + size(kv_down_);
  if (latent_.query_rank > 0) values += size(q_down_);
  values += heads * (size(key_up_.front()) + size(value_up_.front()));
  const auto attended =
      static_cast<double>(latent_.cache_width() + latent_.kv_rank);
  return 2.0 * (values + heads * keys * attended);
}

}  // namespace spacemoe
