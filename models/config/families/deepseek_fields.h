// The config fields of DeepSeek's layers, which others took over.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_DEEPSEEK_FIELDS_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_DEEPSEEK_FIELDS_H_

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/gguf_facts.h"
#include "models/config/model_config.h"
#include "nlohmann/json_fwd.hpp"

namespace spacemoe {

// The ranks and sizes of latent attention, its biases and the scale of its
// logits, which grows with a stretched context: (nope + rope)^-0.5, times
// (0.1 mscale_all_dim ln(factor) + 1)^2 with any scaling that has
// mscale_all_dim.
absl::Status ReadLatentAttention(const FieldReader& fields,
                                 ModelConfig& config);

// The same out of a GGUF file, old or new: rope.dimension_count and
// attention.{q_lora_rank, kv_lora_rank, key_length(_mla), value_length(_mla)}.
absl::Status ReadGgufLatentAttention(const FieldReader& fields,
                                     ModelConfig& config);

// DeepSeek-V2 and V3 share llama.cpp's "deepseek2" and differ in their scores.
// Files that do not say which are V2's, or have a correction bias (GLM-4.7
// Flash), which only sigmoids have.
bool HasSigmoidScores(const FieldReader& fields, const GgufFacts& facts);

// n_group and topk_group, with how many scores make a group's.
absl::Status ReadGroups(const FieldReader& fields, std::int64_t group_best,
                        ModelConfig& config);

// What DeepSeek-V3's router adds to the rule of its family: groups,
// norm_topk_prob, routed_scaling_factor.
struct SigmoidDefaults {
  bool norm_topk_prob;
  double routed_scaling_factor;
};
absl::Status ReadSigmoidRouting(const FieldReader& fields,
                                const SigmoidDefaults& defaults,
                                ModelConfig& config);

// The inverses of ReadLatentAttention, of ReadGroups and of ReadSigmoidRouting.
void WriteLatentAttention(const ModelConfig& config, nlohmann::json& json);
void WriteGroups(const ModelConfig& config, nlohmann::json& json);
void WriteSigmoidRouting(const ModelConfig& config, nlohmann::json& json);

// The rule without them.
RoutingRule SigmoidRule();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_DEEPSEEK_FIELDS_H_
