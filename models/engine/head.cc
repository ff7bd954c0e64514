#include "models/engine/head.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "models/engine/norm.h"
#include "models/engine/torch_guard.h"
#include "models/kernels/kernels.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Whether no value has an exponent of ones.
bool AreFinite(const float* values, int64_t count) {
  constexpr uint32_t kExponent = 0x7f800000;
  uint32_t not_finite = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<uint32_t>(values[i]);
    not_finite |= static_cast<uint32_t>((bits & kExponent) == kExponent);
  }
  return not_finite == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Head>> Head::Create(
    const Checkpoint& checkpoint, std::shared_ptr<EngineContext> context) {
  std::unique_ptr<Head> head(new Head(checkpoint.config(), std::move(context)));
  head->where_ = checkpoint.path();
  const WeightLoader loader(checkpoint, *head->context_->arithmetic, -1);
  SPACEMOE_ASSIGN_OR_RETURN(
      head->embedding_,
      ModelWeights(checkpoint).Get(TensorRole::kTokenEmbedding));
  SPACEMOE_RETURN_IF_ERROR(head->Load(loader));
  return head;
}

absl::Status Head::Load(const WeightLoader& loader) {
  SPACEMOE_ASSIGN_OR_RETURN(final_norm_,
                            LoadNorm(config_, loader, TensorRole::kFinalNorm,
                                     TensorRole::kFinalNormBias));
  SPACEMOE_ASSIGN_OR_RETURN(lm_head_, loader.Matrix(TensorRole::kLmHead));
  if (config_.lm_head_bias) {
    SPACEMOE_ASSIGN_OR_RETURN(lm_head_bias_,
                              loader.Vector(TensorRole::kLmHeadBias));
  }
  return absl::OkStatus();
}

absl::Status Head::Embed(absl::Span<const int64_t> ids, float* out) {
  const int64_t hidden = config_.hidden_size;
  for (const int64_t id : ids) {
    if (id < 0 || id >= config_.vocab_size) {
      return absl::InvalidArgumentError(absl::StrCat(
          "token ", id, ": expected an id in [0, ", config_.vocab_size, ")"));
    }
    DequantizeRow(embedding_, id, out);
    context_->arithmetic->Scale(
        static_cast<float>(config_.embedding_multiplier), hidden, out);
    out += hidden;
  }
  return absl::OkStatus();
}

absl::Status Head::Logits(int64_t rows, const float* hidden, float* logits) {
  return Guarded([&] {
    Arithmetic& arithmetic = *context_->arithmetic;
    float* normed = context_->workspace.Floats(Buffer::kFinalNormed,
                                               rows * config_.hidden_size);
    arithmetic.Norm(final_norm_, hidden, rows, normed);
    arithmetic.Multiply(
        {{&lm_head_, normed, rows, logits, BiasData(lm_head_bias_)}});
    Divide(rows * config_.vocab_size, logits);
    if (AreFinite(logits, rows * config_.vocab_size)) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(
        where_,
        ": expected logits that are finite numbers, found NaN or infinity: "
        "weights that are not finite, or too large for what they are "
        "multiplied with"));
  });
}

void Head::Divide(int64_t count, float* logits) const {
  if (config_.logits_scaling == 1) return;
  const auto divisor = static_cast<float>(config_.logits_scaling);
  for (int64_t i = 0; i < count; ++i) logits[i] /= divisor;
  if (context_->arithmetic->bfloat16()) kernels::RoundToBf16(logits, count);
}

double Head::Flops() const {
  return 2.0 * config_.vocab_size * config_.hidden_size;
}

}  // namespace spacemoe
