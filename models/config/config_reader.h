// From a publisher's description of a model to a ModelConfig, and back.
#ifndef SPACEMOE_MODELS_CONFIG_CONFIG_READER_H_
#define SPACEMOE_MODELS_CONFIG_CONFIG_READER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "models/config/model_config.h"
#include "nlohmann/json_fwd.hpp"

namespace spacemoe {

// Reads Hugging Face's config.json, with the fields of transformers 4
// (rope_theta, rope_scaling, torch_dtype) or 5 (rope_parameters, dtype).
// `generation_config_json` may be empty; its end-of-text ids win, as they do
// in transformers' generate. `where` names the folder in messages.
//
// INVALID_ARGUMENT names the field, what was expected and what was found;
// UNIMPLEMENTED names a feature that is known but not supported, and for an
// unknown family lists the known ones.
absl::StatusOr<ModelConfig> ReadHuggingFaceConfig(
    std::string_view config_json, std::string_view generation_config_json,
    const std::string& where);

// What a GGUF file's tensors say that its metadata does not.
struct GgufFacts {
  bool has_output_tensor = false;   // else embeddings are tied
  bool has_attention_bias = false;  // of Q, K and V
  bool has_output_bias = false;     // of attention's output
  bool has_rope_factors = false;    // a rope_freqs or rope_factors tensor
  bool has_qk_norm = false;
  bool has_lm_head_bias = false;
  bool has_split_latent = false;    // attn_k_b and attn_v_b
  std::int64_t embedding_rows = 0;  // of the token embedding
};

// Reads a GGUF file's metadata, given as one flat JSON object
// ("granitemoe.block_count": 30, ...). Errors as above.
absl::StatusOr<ModelConfig> ReadGgufConfig(const nlohmann::json& metadata,
                                           const GgufFacts& facts,
                                           const std::string& where);

// config.json and generation_config.json with the fields of transformers 4,
// which version 5 reads too.
std::string WriteHuggingFaceConfig(const ModelConfig& config);
std::string WriteGenerationConfig(const ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_CONFIG_READER_H_
