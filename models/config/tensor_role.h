// What a weight is for, whatever its file calls it.
#ifndef SPACEMOE_MODELS_CONFIG_TENSOR_ROLE_H_
#define SPACEMOE_MODELS_CONFIG_TENSOR_ROLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/config/model_config.h"

namespace spacemoe {

// Vectors are matrices too: a norm is a row; a bias is a column, so that
// permuted_heads means for it what it means for the rows of its weight.
enum class TensorRole : std::uint8_t {
  // Of the head.
  kTokenEmbedding,  // [vocab, hidden]
  kFinalNorm,       // [1, hidden]
  kFinalNormBias,   // [1, hidden]
  kLmHead,          // [vocab, hidden]; the embedding where they are tied
  kLmHeadBias,      // [vocab, 1]
  // Of a layer's gateway: attention.
  kAttentionNorm,        // [1, hidden]
  kAttentionNormBias,    // [1, hidden]
  kQuery,                // [heads * head_dim, hidden]
  kKey,                  // [kv_heads * head_dim, hidden]
  kValue,                // [kv_heads * head_dim, hidden]
  kAttentionOutput,      // [hidden, heads * head_dim]
  kQueryBias,            // [heads * head_dim, 1]
  kKeyBias,              // [kv_heads * head_dim, 1]
  kValueBias,            // [kv_heads * head_dim, 1]
  kAttentionOutputBias,  // [hidden, 1]
  kQueryNorm,            // [1, head_dim or heads * head_dim]
  kKeyNorm,              // [1, head_dim or kv_heads * head_dim]
  kSinks,                // [1, heads]
  // Latent attention; queries without a rank have kQuery instead.
  kQueryDown,         // [query_rank, hidden]
  kQueryDownBias,     // [query_rank, 1]
  kQueryLatentNorm,   // [1, query_rank]
  kQueryUp,           // [heads * (nope_dim + rope_dim), query_rank]
  kKeyValueDown,      // [kv_rank + rope_dim, hidden]
  kKeyValueDownBias,  // [kv_rank + rope_dim, 1]
  kLatentNorm,        // [1, kv_rank]
  kKeyValueUp,        // [heads * (nope_dim + value_dim), kv_rank]
  kLatentKeyUp,       // [heads * kv_rank, nope_dim]: its parts, where they are
  kLatentValueUp,     // [heads * value_dim, kv_rank]: stored apart
  // Feed-forward.
  kPostAttentionNorm,  // [1, hidden]
  kFfnNorm,            // [1, hidden]
  kFfnNormBias,        // [1, hidden]
  kPostFfnNorm,        // [1, hidden]
  kRouter,             // [experts, hidden]
  kRouterBias,         // [experts, 1]
  kRouterOutput,       // [experts, experts]: the second of two layers
  kRouterCorrection,   // [1, experts]
  kSharedGate,         // [shared_width, hidden]
  kSharedUp,           // [shared_width, hidden]
  kSharedDown,         // [hidden, shared_width]
  kSharedGateBias,     // [shared_width, 1]
  kSharedUpBias,       // [shared_width, 1]
  kSharedDownBias,     // [hidden, 1]
  kSharedWeight,       // [1, hidden]: the logit of the shared part's weight
  kDenseGate,          // [dense_width, hidden]
  kDenseUp,            // [dense_width, hidden]
  kDenseDown,          // [hidden, dense_width]
  kDenseGateBias,      // [dense_width, 1]
  kDenseUpBias,        // [dense_width, 1]
  kDenseDownBias,      // [hidden, 1]
  // Of one expert.
  kExpertGate,      // [expert_width, hidden]
  kExpertUp,        // [expert_width, hidden]
  kExpertDown,      // [hidden, expert_width]
  kExpertGateBias,  // [expert_width, 1]
  kExpertUpBias,    // [expert_width, 1]
  kExpertDownBias,  // [hidden, 1]
};

struct MatrixShape {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

// "query", "expert gate", ...: for messages.
std::string_view TensorRoleName(TensorRole role);

// The shape that `config` demands, as listed above.
MatrixShape ExpectedShape(TensorRole role, const ModelConfig& config,
                          std::int64_t layer = 0, std::int64_t expert = 0);

bool IsHeadRole(TensorRole role);
bool IsExpertRole(TensorRole role);
bool IsBiasRole(TensorRole role);
bool IsNormRole(TensorRole role);  // and other rows

// The roles that a model of this config has, in the order of the enum. A tied
// LM head is not listed: its bytes are the embedding's.
std::vector<TensorRole> HeadRoles(const ModelConfig& config);
std::vector<TensorRole> GatewayRoles(const ModelConfig& config,
                                     std::int64_t layer = 0);
std::vector<TensorRole> ExpertRoles(const ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_TENSOR_ROLE_H_
