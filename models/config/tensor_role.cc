#include "models/config/tensor_role.h"

namespace spacemoe {

std::string_view TensorRoleName(TensorRole role) {
  switch (role) {
    case TensorRole::kTokenEmbedding:
      return "token embedding";
    case TensorRole::kFinalNorm:
      return "final norm";
    case TensorRole::kLmHead:
      return "LM head";
    case TensorRole::kAttentionNorm:
      return "attention norm";
    case TensorRole::kQuery:
      return "query";
    case TensorRole::kKey:
      return "key";
    case TensorRole::kValue:
      return "value";
    case TensorRole::kAttentionOutput:
      return "attention output";
    case TensorRole::kQueryBias:
      return "query bias";
    case TensorRole::kKeyBias:
      return "key bias";
    case TensorRole::kValueBias:
      return "value bias";
    case TensorRole::kAttentionOutputBias:
      return "attention output bias";
    case TensorRole::kFfnNorm:
      return "feed-forward norm";
    case TensorRole::kRouter:
      return "router";
    case TensorRole::kSharedGate:
      return "shared gate";
    case TensorRole::kSharedUp:
      return "shared up";
    case TensorRole::kSharedDown:
      return "shared down";
    case TensorRole::kExpertGate:
      return "expert gate";
    case TensorRole::kExpertUp:
      return "expert up";
    case TensorRole::kExpertDown:
      return "expert down";
  }
  return "unknown role";
}

MatrixShape ExpectedShape(TensorRole role, const ModelConfig& c) {
  const std::int64_t queries = c.heads * c.head_dim;
  const std::int64_t keys = c.kv_heads * c.head_dim;
  switch (role) {
    case TensorRole::kTokenEmbedding:
    case TensorRole::kLmHead:
      return {c.vocab_size, c.hidden_size};
    case TensorRole::kFinalNorm:
    case TensorRole::kAttentionNorm:
    case TensorRole::kFfnNorm:
      return {1, c.hidden_size};
    case TensorRole::kQuery:
      return {queries, c.hidden_size};
    case TensorRole::kKey:
    case TensorRole::kValue:
      return {keys, c.hidden_size};
    case TensorRole::kAttentionOutput:
      return {c.hidden_size, queries};
    case TensorRole::kQueryBias:
      return {queries, 1};
    case TensorRole::kKeyBias:
    case TensorRole::kValueBias:
      return {keys, 1};
    case TensorRole::kAttentionOutputBias:
      return {c.hidden_size, 1};
    case TensorRole::kRouter:
      return {c.experts, c.hidden_size};
    case TensorRole::kSharedGate:
    case TensorRole::kSharedUp:
      return {c.shared_width, c.hidden_size};
    case TensorRole::kSharedDown:
      return {c.hidden_size, c.shared_width};
    case TensorRole::kExpertGate:
    case TensorRole::kExpertUp:
      return {c.expert_width, c.hidden_size};
    case TensorRole::kExpertDown:
      return {c.hidden_size, c.expert_width};
  }
  return {};
}

bool IsExpertRole(TensorRole role) { return role >= TensorRole::kExpertGate; }

bool IsBiasRole(TensorRole role) {
  return role >= TensorRole::kQueryBias &&
         role <= TensorRole::kAttentionOutputBias;
}

bool IsNormRole(TensorRole role) {
  return role == TensorRole::kFinalNorm || role == TensorRole::kAttentionNorm ||
         role == TensorRole::kFfnNorm;
}

std::vector<TensorRole> HeadRoles(const ModelConfig& config) {
  std::vector<TensorRole> roles = {TensorRole::kTokenEmbedding,
                                   TensorRole::kFinalNorm};
  if (!config.tie_word_embeddings) roles.push_back(TensorRole::kLmHead);
  return roles;
}

namespace {

// Whether a gateway of this config has the role.
bool HasRole(TensorRole role, const ModelConfig& config) {
  if (IsBiasRole(role)) return config.attention_bias;
  const bool shared =
      role >= TensorRole::kSharedGate && role <= TensorRole::kSharedDown;
  return !shared || config.shared_width > 0;
}

}  // namespace

std::vector<TensorRole> GatewayRoles(const ModelConfig& config) {
  std::vector<TensorRole> roles;
  for (auto role = TensorRole::kAttentionNorm; role <= TensorRole::kSharedDown;
       role = static_cast<TensorRole>(static_cast<int>(role) + 1)) {
    if (HasRole(role, config)) roles.push_back(role);
  }
  return roles;
}

std::vector<TensorRole> ExpertRoles() {
  return {TensorRole::kExpertGate, TensorRole::kExpertUp,
          TensorRole::kExpertDown};
}

}  // namespace spacemoe
