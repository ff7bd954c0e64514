#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/config/config_reader.h"
#include "models/config/family.h"
#include "models/config/rope_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

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

std::string WritableFamilies() {
  std::string names;
  for (const Family* family : Families()) {
    if (family->write_hugging_face == nullptr) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ",
                    std::string(family->name));
  }
  return names;
}

bool HasDenseLayers(const ModelConfig& config) {
  for (std::int64_t l = 0; l < config.layers; ++l) {
    if (config.IsDense(l)) return true;
  }
  return false;
}

// Without what is about the file and not about the model.
ModelConfig ModelOnly(ModelConfig config) {
  config.stored_dtype.clear();
  config.quantization = {};
  if (config.latent) config.latent->split_up = false;
  if (!HasDenseLayers(config)) config.dense_width = 0;
  return config;
}

}  // namespace

std::string WriteHuggingFaceConfig(const ModelConfig& config) {
  json out = {
      {"architectures", {config.architecture}},
      {"model_type", config.family},
      {"vocab_size", config.vocab_size},
      {"hidden_size", config.hidden_size},
      {"hidden_act", "silu"},
      {"num_hidden_layers", config.layers},
      {"num_attention_heads", config.heads},
      {"num_key_value_heads", config.kv_heads},
      {"max_position_embeddings", config.max_positions},
      {"rms_norm_eps", config.rms_norm_eps},
      {"tie_word_embeddings", config.tie_word_embeddings},
      {"use_cache", true},
  };
  if (!config.latent) out["head_dim"] = config.head_dim;
  if (!config.stored_dtype.empty()) out["torch_dtype"] = config.stored_dtype;
  WriteHuggingFaceRope(config, out);
  WriteSpecialTokens(config, out);
  const auto family = FindFamily(config.family);
  if (family.ok() && (*family)->write_hugging_face != nullptr) {
    const FamilyFields& fields = (*family)->fields;
    out[std::string(fields.experts)] = config.experts;
    out[std::string(fields.experts_per_token)] = config.experts_per_token;
    (*family)->write_hugging_face(config, out);
  }
  return out.dump(2) + "\n";
}

std::string WriteGenerationConfig(const ModelConfig& config) {
  json out = {{"_from_model_config", true}};
  WriteSpecialTokens(config, out);
  return out.dump(2) + "\n";
}

absl::Status CheckSayable(const ModelConfig& config, const std::string& where) {
  SPACEMOE_ASSIGN_OR_RETURN(const Family* family, FindFamily(config.family));
  if (family->write_hugging_face == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat(where, ": writing a folder of family ", config.family,
                     " is not supported; known: ", WritableFamilies()));
  }
  const auto read =
      ReadHuggingFaceConfig(WriteHuggingFaceConfig(config),
                            WriteGenerationConfig(config), "the new folder");
  if (!read.ok()) {
    return absl::UnimplementedError(
        absl::StrCat(where, ": the model cannot be said in a config.json: ",
                     std::string(read.status().message())));
  }
  if (ModelOnly(*read) == ModelOnly(config)) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat(where, ": ", config.architecture,
                   "'s config.json has no fields for all that this model is"));
}

}  // namespace spacemoe
