// Metadata of GGUF files that changes what a model computes.
#ifndef SPACEMOE_MODELS_CONFIG_GGUF_NEUTRAL_FIELDS_H_
#define SPACEMOE_MODELS_CONFIG_GGUF_NEUTRAL_FIELDS_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/model_config.h"

namespace spacemoe {

using FieldNames = std::set<std::string, std::less<>>;

// UNIMPLEMENTED names a field that llama.cpp knows and that changes the
// arithmetic, unless a reader has asked for it (`read`) or it says what is so
// anyway: no soft cap, a scale of 1, weights normalised as in `config`.
absl::Status RefuseUnreadGgufFields(const FieldReader& fields,
                                    const FieldNames& read,
                                    const ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_GGUF_NEUTRAL_FIELDS_H_
