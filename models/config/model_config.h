// All that a layer, the head or a planner needs to know about a model.
#ifndef SPACEMOE_MODELS_CONFIG_MODEL_CONFIG_H_
#define SPACEMOE_MODELS_CONFIG_MODEL_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/config/quantization.h"
#include "models/config/rope_scaling.h"
#include "models/config/routing_rule.h"

namespace spacemoe {

enum class NormKind : std::uint8_t {
  kRms,         // rounded to the compute type, then times the weight
  kRmsFloat32,  // times the weight, then rounded (OLMo)
  kLayer,       // LayerNorm with a bias
};

// RMS norms of queries and keys.
enum class QkNorm : std::uint8_t {
  kNone,
  kHead,           // over each head, before the rotation
  kHeadAfterRope,  // over each head, after it
  kWidth,          // over all heads together, before it
  // Over each head without a weight, after it, in layers that rotate.
  kUnweightedAfterRope,
};

enum class ActivationKind : std::uint8_t {
  kSwiglu,  // silu(gate) * up
  // (up + 1) * gate * sigmoid(1.702 * gate), gate at most swiglu_limit and up
  // within +-swiglu_limit (gpt-oss).
  kClampedSwiglu,
};

// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1).
// Keys and values are products of a latent vector of kv_rank values, which is
// all that the KV cache holds beside a rotated key of rope_dim values that the
// heads share. A query's head is [nope_dim, rope_dim].
struct LatentAttention {
  std::int64_t query_rank = 0;  // 0: queries come straight from the input
  std::int64_t kv_rank = 0;
  std::int64_t nope_dim = 0;
  std::int64_t rope_dim = 0;
  std::int64_t value_dim = 0;
  double norm_eps = 1e-6;  // of the latent vectors' norms
  // The up-projection is stored as each head's W_k^T and, apart, W_v.
  bool split_up = false;

  std::int64_t query_dim() const { return nope_dim + rope_dim; }
  std::int64_t cache_width() const { return kv_rank + rope_dim; }
  bool operator==(const LatentAttention&) const = default;
};

// Queries of layers without rotation are multiplied by
// 1 + scale * ln(1 + floor((position + 1) / floor_scale)) (Llama 4).
struct QueryTemperature {
  double floor_scale = 1;
  double scale = 0;
  bool operator==(const QueryTemperature&) const = default;
};

// Where a layer differs from what ModelConfig says of all.
struct LayerConfig {
  bool dense = false;    // one feed-forward block, no experts
  bool rope = true;      // queries and keys are rotated
  bool windowed = true;  // the model's window or chunks count here
  std::optional<std::int64_t> experts_per_token;
  std::optional<std::int64_t> shared_width;
  std::optional<std::int64_t> expert_width;
  std::vector<std::int64_t> expert_widths;  // by expert; empty: all the same
  bool operator==(const LayerConfig&) const = default;
};

// A value; every field is validated by the readers in config_reader.h:
// counts are positive, heads is a multiple of kv_heads, head_dim is even,
// experts_per_token <= experts.
struct ModelConfig {
  std::string family;        // "mixtral": the name in the table of families
  std::string architecture;  // "MixtralForCausalLM"
  RoutingRule routing;

  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t max_positions = 0;  // longest context

  // Of a layer with experts, unless its LayerConfig says otherwise.
  std::int64_t experts = 0;            // routed
  std::int64_t experts_per_token = 0;  // top-k, the most of any layer
  std::int64_t expert_width = 0;       // of one routed expert
  std::int64_t shared_width = 0;       // of the shared part; 0: none
  std::int64_t dense_width = 0;        // of a layer without experts
  // Empty, or one for each layer.
  std::vector<LayerConfig> layer_configs;

  double rms_norm_eps = 1e-5;
  NormKind norm = NormKind::kRms;
  // Norms come after attention and feed-forward block, before the addition to
  // the residual stream, and not before them.
  bool post_norm = false;

  double rope_theta = 10000.0;
  RopeScaling rope_scaling;
  std::int64_t rotary_dim = 0;    // leading values of a head; 0: all
  bool rope_interleaved = false;  // pairs (0, 1), (2, 3), ... not halves
  bool rope_float32 = false;      // unrounded when computing in bfloat16

  // A position sees this many keys, itself included; unset: all before it.
  std::optional<std::int64_t> sliding_window;
  // A position sees the keys of its own chunk of this many positions.
  std::optional<std::int64_t> attention_chunk;

  double attention_scale = 1.0;  // logits of attention = scale * q.k
  QkNorm qk_norm = QkNorm::kNone;
  std::optional<double> clip_qkv;  // q, k, v within +-this, before the rotation
  bool attention_sinks = false;    // each head has a logit that weighs nothing
  std::optional<LatentAttention> latent;
  std::optional<QueryTemperature> temperature;

  double embedding_multiplier = 1.0;  // of the embeddings
  double residual_multiplier = 1.0;   // of each branch before it is added
  double expert_multiplier = 1.0;     // of the weighted outputs of experts
  double logits_scaling = 1.0;        // logits are divided by it

  ActivationKind activation = ActivationKind::kSwiglu;
  double swiglu_limit = 0;   // of kClampedSwiglu
  bool shared_gate = false;  // the shared part is weighed by a sigmoid

  bool tie_word_embeddings = false;
  bool attention_bias = false;  // of q, k, v; latent: of the down-projections
  bool output_bias = false;     // of attention's output projection
  bool mlp_bias = false;        // of dense blocks and shared parts
  bool expert_bias = false;     // of routed experts
  bool lm_head_bias = false;

  std::vector<std::int64_t> eos_token_ids;  // any of them ends a sequence
  std::optional<std::int64_t> bos_token_id;
  std::optional<std::int64_t> pad_token_id;

  // What the publisher says the weights are: "float32", "bfloat16", ...;
  // empty where nothing is said (GGUF). The tensors' own types decide.
  std::string stored_dtype;
  QuantizationConfig quantization;

  // `layer` from 0; one that does not exist is like most.
  const LayerConfig& Layer(std::int64_t layer) const;
  // For the readers: as Layer, made if need be.
  LayerConfig& EditLayer(std::int64_t layer);

  bool IsDense(std::int64_t layer) const { return Layer(layer).dense; }
  std::int64_t Experts(std::int64_t layer) const;
  std::int64_t ExpertsPerToken(std::int64_t layer) const;
  std::int64_t ExpertWidth(std::int64_t layer, std::int64_t expert) const;
  std::int64_t FirstLayerWithExperts() const;
  // Of the shared part, or of a dense layer's block; 0: none.
  std::int64_t SharedWidth(std::int64_t layer) const;

  // Values of a head that are rotated.
  std::int64_t RotaryDim() const;
  // Queries of all heads, keys of all, what attention gives to its output
  // projection: values of one position.
  std::int64_t QueryWidth() const;
  std::int64_t KeyWidth() const;
  std::int64_t AttendedWidth() const;
  // What the KV cache holds of one position, in float32 values: keys (or
  // latents) and values (none beside latents).
  std::int64_t CachedKeyWidth() const;
  std::int64_t CachedValueWidth() const;
  // The first position that `position` sees in `layer`.
  std::int64_t FirstKey(std::int64_t layer, std::int64_t position) const;

  bool operator==(const ModelConfig&) const = default;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_MODEL_CONFIG_H_
