#include "models/config/families/layer_fields.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::Status MarkDense(const FieldReader& fields, std::string_view field,
                       const LayerPredicate& is_dense, ModelConfig& config) {
  std::int64_t dense = 0;
  for (std::int64_t l = 0; l < config.layers; ++l) {
    if (!is_dense(l)) continue;
    config.EditLayer(l).dense = true;
    ++dense;
  }
  if (dense < config.layers) return absl::OkStatus();
  return fields.Wrong(
      field, absl::StrCat("a layer with experts among the ", config.layers));
}

absl::Status ReadFirstDense(const FieldReader& fields, std::int64_t fallback,
                            ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t frequency,
                            fields.IntOr("moe_layer_freq", 1));
  if (frequency != 1) return fields.Unsupported("moe_layer_freq", "1");
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t dense,
                            fields.IntOr("first_k_dense_replace", fallback, 0));
  return MarkDense(
      fields, "first_k_dense_replace",
      [dense](std::int64_t l) { return l < dense; }, config);
}

absl::Status ReadSparseStep(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t step,
                            fields.IntOr("decoder_sparse_step", 1));
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<std::int64_t> dense,
                            fields.IntList("mlp_only_layers"));
  const auto is_dense = [&](std::int64_t l) {
    return (l + 1) % step != 0 ||
           std::find(dense.begin(), dense.end(), l) != dense.end();
  };
  return MarkDense(fields, "mlp_only_layers", is_dense, config);
}

absl::Status ReadLayerTypes(const FieldReader& fields, std::string_view local,
                            const LayerPredicate& is_local,
                            ModelConfig& config) {
  constexpr char kField[] = "layer_types";
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<std::string> types,
                            fields.StringList(kField));
  const bool given = fields.Has(kField);
  if (given && types.size() != static_cast<std::size_t>(config.layers)) {
    return fields.Wrong(kField, absl::StrCat("a list of ", config.layers));
  }
  for (std::int64_t l = 0; l < config.layers; ++l) {
    if (given && types[l] != "full_attention" && types[l] != local) {
      return fields.Unsupported(
          kField, absl::StrCat("full_attention, ", std::string(local)));
    }
    const bool windowed = given ? types[l] == local : is_local(l);
    if (!windowed) config.EditLayer(l).windowed = false;
  }
  return absl::OkStatus();
}

absl::Status ReadAttentionBias(const FieldReader& fields, bool fallback,
                               ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_bias,
                            fields.BoolOr("attention_bias", fallback));
  config.output_bias = config.attention_bias;
  return absl::OkStatus();
}

absl::Status ReadWidths(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("moe_intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t shared,
                            fields.Int("n_shared_experts"));
  config.shared_width = shared * config.expert_width;
  SPACEMOE_ASSIGN_OR_RETURN(config.dense_width,
                            fields.Int("intermediate_size"));
  return absl::OkStatus();
}

// A model without dense layers has no width for them.
void WriteWidths(const ModelConfig& config, nlohmann::json& json) {
  json["moe_intermediate_size"] = config.expert_width;
  json["intermediate_size"] =
      config.dense_width > 0 ? config.dense_width : config.expert_width;
}

void WriteSharedExperts(const ModelConfig& config, nlohmann::json& json) {
  json["n_shared_experts"] = config.shared_width / config.expert_width;
}

void WriteFirstDense(const ModelConfig& config, nlohmann::json& json) {
  json["moe_layer_freq"] = 1;
  json["first_k_dense_replace"] =
      config.IsDense(0) ? config.FirstLayerWithExperts() : 0;
}

void WriteLayerTypes(std::string_view local, const ModelConfig& config,
                     nlohmann::json& json) {
  nlohmann::json types = nlohmann::json::array();
  for (std::int64_t l = 0; l < config.layers; ++l) {
    const bool windowed = config.sliding_window && config.Layer(l).windowed;
    types.push_back(windowed ? std::string(local) : "full_attention");
  }
  json["layer_types"] = types;
}

}  // namespace spacemoe
