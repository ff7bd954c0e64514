#include "models/checkpoint/gguf_tensor_facts.h"

#include <cmath>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/tensor/matrix_view.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// No head is larger.
constexpr std::int64_t kMaxFactors = 1 << 16;

absl::StatusOr<std::vector<float>> ReadFactors(const TensorInfo& tensor) {
  const bool plain = tensor.type && !IsQuantized(*tensor.type);
  const std::int64_t count = tensor.elements();
  if (!plain || tensor.shape.size() != 1 || count > kMaxFactors) {
    return absl::InvalidArgumentError(
        absl::StrCat(*tensor.file, ": tensor '", tensor.name,
                     "': expected a list of F32 values, found ",
                     tensor.type_name, " ", ShapeString(tensor.shape)));
  }
  std::vector<float> factors(count);
  DequantizeRow({.type = *tensor.type,
                 .rows = 1,
                 .cols = count,
                 .data = tensor.data,
                 .row_bytes = tensor.bytes},
                0, factors.data());
  for (const float factor : factors) {
    if (std::isfinite(factor) && factor > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(*tensor.file, ": tensor '", tensor.name,
                     "': expected finite numbers above 0, found ", factor));
  }
  return factors;
}

absl::Status CollectRopeFactors(const TensorInfo& tensor,
                                GgufRopeFactors& factors) {
  std::vector<float>* target = nullptr;
  if (tensor.name == "rope_freqs.weight") target = &factors.all;
  if (tensor.name == "rope_factors_short.weight") target = &factors.short_ones;
  if (tensor.name == "rope_factors_long.weight") target = &factors.long_ones;
  if (target == nullptr) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(*target, ReadFactors(tensor));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GgufFacts> CollectGgufFacts(
    const std::vector<TensorInfo>& tensors) {
  GgufFacts facts;
  for (const TensorInfo& tensor : tensors) {
    const std::string& name = tensor.name;
    if (name == "token_embd.weight" && !tensor.shape.empty()) {
      facts.embedding_rows = tensor.shape.front();
    }
    facts.has_output_tensor |= name == "output.weight";
    facts.has_attention_bias |= name == "blk.0.attn_q.bias";
    facts.has_output_bias |= name == "blk.0.attn_output.bias";
    facts.has_qk_norm |= name == "blk.0.attn_q_norm.weight";
    facts.has_lm_head_bias |= name == "output.bias";
    facts.has_split_latent |= name == "blk.0.attn_k_b.weight";
    facts.has_router_correction |= absl::EndsWith(name, ".exp_probs_b.bias");
    SPACEMOE_RETURN_IF_ERROR(CollectRopeFactors(tensor, facts.rope_factors));
  }
  return facts;
}

}  // namespace spacemoe
