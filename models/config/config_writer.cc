#include <string>

#include "models/config/config_reader.h"
#include "models/config/family.h"
#include "models/config/rope_reader.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::json;

void WriteSpecialTokens(const ModelConfig& config, json& out) {
  out["eos_token_id"] = nullptr;
  if (config.eos_token_ids.size() == 1) {
    out["eos_token_id"] = config.eos_token_ids.front();
  } else if (!config.eos_token_ids.empty()) {
    out["eos_token_id"] = config.eos_token_ids;
  }
  out["bos_token_id"] = nullptr;
  if (config.bos_token_id) out["bos_token_id"] = *config.bos_token_id;
  if (config.pad_token_id) out["pad_token_id"] = *config.pad_token_id;
}

}  // namespace

std::string WriteHuggingFaceConfig(const ModelConfig& config) {
  json out = {
      {"architectures", {config.architecture}},
      {"model_type", config.family},
      {"vocab_size", config.vocab_size},
      {"hidden_size", config.hidden_size},
      {"hidden_act", "silu"},
      {"intermediate_size", config.expert_width},
      {"num_hidden_layers", config.layers},
      {"num_attention_heads", config.heads},
      {"num_key_value_heads", config.kv_heads},
      {"max_position_embeddings", config.max_positions},
      {"num_local_experts", config.experts},
      {"num_experts_per_tok", config.experts_per_token},
      {"rms_norm_eps", config.rms_norm_eps},
      {"tie_word_embeddings", config.tie_word_embeddings},
      {"use_cache", true},
  };
  if (config.head_dim * config.heads != config.hidden_size) {
    out["head_dim"] = config.head_dim;
  }
  if (!config.stored_dtype.empty()) out["torch_dtype"] = config.stored_dtype;
  WriteHuggingFaceRope(config, out);
  WriteSpecialTokens(config, out);
  const auto family = FindFamily(config.family);
  if (family.ok() && (*family)->write_hugging_face != nullptr) {
    (*family)->write_hugging_face(config, out);
  }
  return out.dump(2) + "\n";
}

std::string WriteGenerationConfig(const ModelConfig& config) {
  json out = {{"_from_model_config", true}};
  WriteSpecialTokens(config, out);
  return out.dump(2) + "\n";
}

}  // namespace spacemoe
