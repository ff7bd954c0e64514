// All that a layer, the head or a planner needs to know about a model.
#ifndef SPACEMOE_MODELS_CONFIG_MODEL_CONFIG_H_
#define SPACEMOE_MODELS_CONFIG_MODEL_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/config/rope_scaling.h"

namespace spacemoe {

// How the router turns its logits into experts and weights.
enum class RoutingKind : std::uint8_t {
  // softmax over all experts (float32), top-k, divided by the sum of the k.
  kSoftmaxTopKRenormalise,
  // top-k of the logits, softmax (float32) over those k.
  kTopKSoftmax,
};

std::string_view RoutingKindName(RoutingKind kind);

// A value; every field is validated by the readers in config_reader.h:
// counts are positive, heads is a multiple of kv_heads, head_dim is even,
// experts_per_token <= experts.
struct ModelConfig {
  std::string family;        // "mixtral": the name in the table of families
  std::string architecture;  // "MixtralForCausalLM"
  RoutingKind routing = RoutingKind::kTopKSoftmax;

  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t max_positions = 0;  // longest context

  std::int64_t experts = 0;            // routed, in each layer
  std::int64_t experts_per_token = 0;  // top-k
  std::int64_t expert_width = 0;       // of one routed expert
  std::int64_t shared_width = 0;       // of the shared part; 0: none

  double rms_norm_eps = 1e-5;
  double rope_theta = 10000.0;
  RopeScaling rope_scaling;
  // A position sees this many keys, itself included; unset: all before it.
  std::optional<std::int64_t> sliding_window;

  double attention_scale = 1.0;       // logits of attention = scale * q.k
  double embedding_multiplier = 1.0;  // of the embeddings
  double residual_multiplier = 1.0;   // of each branch before it is added
  double logits_scaling = 1.0;        // logits are divided by it

  bool tie_word_embeddings = false;
  bool attention_bias = false;

  std::vector<std::int64_t> eos_token_ids;  // any of them ends a sequence
  std::optional<std::int64_t> bos_token_id;
  std::optional<std::int64_t> pad_token_id;

  // What the publisher says the weights are: "float32", "bfloat16", ...;
  // empty where nothing is said (GGUF). The tensors' own types decide.
  std::string stored_dtype;

  bool operator==(const ModelConfig&) const = default;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_MODEL_CONFIG_H_
