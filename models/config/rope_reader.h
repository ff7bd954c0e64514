// Rotary position settings out of a config.
#ifndef SPACEMOE_MODELS_CONFIG_ROPE_READER_H_
#define SPACEMOE_MODELS_CONFIG_ROPE_READER_H_

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/gguf_facts.h"
#include "models/config/model_config.h"

namespace spacemoe {

// config.json: rope_theta and rope_scaling, or rope_parameters. Both forms
// together must agree. UNIMPLEMENTED for a rope type that is not known. With
// dynamic scaling max_positions, read before, becomes factor times as many.
absl::Status ReadHuggingFaceRope(const FieldReader& fields,
                                 ModelConfig& config);

// partial_rotary_factor, of families that rotate a part of each head; sets
// rotary_dim. `fallback`: where the config says nothing.
absl::Status ReadPartialRotary(const FieldReader& fields, double fallback,
                               ModelConfig& config);
// The inverse.
void WritePartialRotary(const ModelConfig& config, nlohmann::json& json);
// Of the others: UNIMPLEMENTED unless it is 1 wherever it is.
absl::Status RefusePartialRotaryAnywhere(const FieldReader& fields);

// GGUF: rope.freq_base, rope.scaling.* and the factors that the file has as
// tensors.
absl::Status ReadGgufRope(const FieldReader& fields,
                          const GgufRopeFactors& factors, ModelConfig& config);

// When the whole config is read: longrope's factors are as many as a head's
// rotated pairs.
absl::Status CheckRopeFactors(const FieldReader& fields,
                              const ModelConfig& config);

// The inverse of ReadHuggingFaceRope, in transformers 4's fields.
void WriteHuggingFaceRope(const ModelConfig& config, nlohmann::json& json);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_ROPE_READER_H_
