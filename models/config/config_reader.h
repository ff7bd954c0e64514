// From a publisher's description of a model to a ModelConfig, and back.
#ifndef SPACEMOE_MODELS_CONFIG_CONFIG_READER_H_
#define SPACEMOE_MODELS_CONFIG_CONFIG_READER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "models/config/gguf_facts.h"
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

// Reads a GGUF file's metadata, given as one flat JSON object
// ("granitemoe.block_count": 30, ...). Errors as above.
absl::StatusOr<ModelConfig> ReadGgufConfig(const nlohmann::json& metadata,
                                           const GgufFacts& facts,
                                           const std::string& where);

// config.json and generation_config.json with the fields of transformers 4,
// which version 5 reads too.
std::string WriteHuggingFaceConfig(const ModelConfig& config);
std::string WriteGenerationConfig(const ModelConfig& config);

// UNIMPLEMENTED when these do not say all of `config`, as read from `where`:
// the family's writer is missing, or its config.json has no words for it.
absl::Status CheckSayable(const ModelConfig& config, const std::string& where);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_CONFIG_READER_H_
