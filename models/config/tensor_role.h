// What a weight is for, whatever its file calls it.
#ifndef SPACEMOE_MODELS_CONFIG_TENSOR_ROLE_H_
#define SPACEMOE_MODELS_CONFIG_TENSOR_ROLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/config/model_config.h"

namespace spacemoe {

enum class TensorRole : std::uint8_t {
  // Of the head.
  kTokenEmbedding,  // [vocab, hidden]
  kFinalNorm,       // [1, hidden]
  kLmHead,          // [vocab, hidden]; the embedding where they are tied
  // Of a layer's gateway.
  kAttentionNorm,        // [1, hidden]
  kQuery,                // [heads * head_dim, hidden]
  kKey,                  // [kv_heads * head_dim, hidden]
  kValue,                // [kv_heads * head_dim, hidden]
  kAttentionOutput,      // [hidden, heads * head_dim]
  kQueryBias,            // [heads * head_dim, 1]: a bias is a column, so that
  kKeyBias,              // permuted_heads means for it what it means for the
  kValueBias,            // rows of its weight
  kAttentionOutputBias,  // [hidden, 1]
  kFfnNorm,              // [1, hidden]
  kRouter,               // [experts, hidden]
  kSharedGate,           // [shared_width, hidden]
  kSharedUp,             // [shared_width, hidden]
  kSharedDown,           // [hidden, shared_width]
  // Of one expert.
  kExpertGate,  // [expert_width, hidden]
  kExpertUp,    // [expert_width, hidden]
  kExpertDown,  // [hidden, expert_width]
};

struct MatrixShape {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

// "query", "expert gate", ...: for messages.
std::string_view TensorRoleName(TensorRole role);

// The shape that `config` demands, as listed above.
MatrixShape ExpectedShape(TensorRole role, const ModelConfig& config);

bool IsExpertRole(TensorRole role);
bool IsBiasRole(TensorRole role);
bool IsNormRole(TensorRole role);

// The roles that a model of this config has, in the order of the enum: no
// biases without attention_bias, no shared part when shared_width is 0. A tied
// LM head is not listed: its bytes are the embedding's.
std::vector<TensorRole> HeadRoles(const ModelConfig& config);
std::vector<TensorRole> GatewayRoles(const ModelConfig& config);
std::vector<TensorRole> ExpertRoles();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_TENSOR_ROLE_H_
