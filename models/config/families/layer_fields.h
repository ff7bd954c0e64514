// Config fields about single layers and shared experts that several families
// have.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_LAYER_FIELDS_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_LAYER_FIELDS_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/model_config.h"
#include "nlohmann/json_fwd.hpp"

namespace spacemoe {

using LayerPredicate = std::function<bool(std::int64_t layer)>;

// Marks the layers that have no experts. INVALID_ARGUMENT (for `field`) when
// that is all of them.
absl::Status MarkDense(const FieldReader& fields, std::string_view field,
                       const LayerPredicate& is_dense, ModelConfig& config);

// first_k_dense_replace, and moe_layer_freq, which must be 1.
absl::Status ReadFirstDense(const FieldReader& fields, std::int64_t fallback,
                            ModelConfig& config);

// decoder_sparse_step and mlp_only_layers.
absl::Status ReadSparseStep(const FieldReader& fields, ModelConfig& config);

// layer_types: "full_attention" or `local` for each layer. Without the field
// `is_local` says which layers have the model's window or chunks.
absl::Status ReadLayerTypes(const FieldReader& fields, std::string_view local,
                            const LayerPredicate& is_local,
                            ModelConfig& config);

// attention_bias, of q, k, v and the output projection.
absl::Status ReadAttentionBias(const FieldReader& fields, bool fallback,
                               ModelConfig& config);

// The inverses of ReadWidths, without shared experts and with n_shared_experts
// alone, of ReadFirstDense and of ReadLayerTypes.
void WriteWidths(const ModelConfig& config, nlohmann::json& json);
void WriteSharedExperts(const ModelConfig& config, nlohmann::json& json);
void WriteFirstDense(const ModelConfig& config, nlohmann::json& json);
void WriteLayerTypes(std::string_view local, const ModelConfig& config,
                     nlohmann::json& json);

// moe_intermediate_size, n_shared_experts of that width together, and
// intermediate_size for dense layers.
absl::Status ReadWidths(const FieldReader& fields, ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_LAYER_FIELDS_H_
