// GraniteMoeShared (IBM): as GraniteMoe, and beside the experts a shared part
// that every token uses; both are added before the residual multiplier.
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/families/granite_fields.h"
#include "models/config/field_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr TensorName kShared[] = {
    {TensorRole::kSharedGate,
     "model.layers.{layer}.shared_mlp.input_linear.weight", 0, 2},
    {TensorRole::kSharedUp,
     "model.layers.{layer}.shared_mlp.input_linear.weight", 1, 2},
    {TensorRole::kSharedDown,
     "model.layers.{layer}.shared_mlp.output_linear.weight"},
};

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadGraniteFields(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.shared_width,
                            // 0: as GraniteMoe.
                            fields.IntOr("shared_intermediate_size", 1024, 0));
  return absl::OkStatus();
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteGraniteFields(config, json);
  json["shared_intermediate_size"] = config.shared_width;
}

// 0 says the same as a missing field.
bool MatchesGguf(const FieldReader& fields, const GgufFacts&) {
  const auto width = fields.IntOr("expert_shared_feed_forward_length", 0, 0);
  return !width.ok() || *width > 0;
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadGraniteGgufFields(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.shared_width,
                            fields.Int("expert_shared_feed_forward_length"));
  return absl::OkStatus();
}

}  // namespace

const Family& GraniteMoeSharedFamily() {
  static const std::vector<TensorName> kNames =
      Together({GraniteNames(), kShared});
  static const Family kFamily = {
      .name = "granitemoeshared",
      .architecture = "GraniteMoeSharedForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSoftmax},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "granitemoe",
      .matches_gguf = MatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GraniteGgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
