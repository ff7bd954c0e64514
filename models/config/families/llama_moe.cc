// LLaMA-MoE (Zhu et al. 2024, arXiv:2406.16554): LLaMA's feed-forward blocks
// cut into experts; a router of two layers with a tanh between them, top-k of
// its logits, softmax over those. Rotation has LLaMA's base, whatever the
// config says. Experts may differ in width.
#include "absl/strings/str_cat.h"
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/field_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr TensorName kFeedForward[] = {
    {TensorRole::kRouter,
     "model.layers.{layer}.mlp.gate.gate_network.0.weight"},
    {TensorRole::kRouter, "model.layers.{layer}.mlp.gate.gate_network.weight"},
    {TensorRole::kRouterOutput,
     "model.layers.{layer}.mlp.gate.gate_network.2.weight"},
    {TensorRole::kExpertGate,
     "model.layers.{layer}.mlp.calculator.experts.weight_gate.{expert}"},
    {TensorRole::kExpertUp,
     "model.layers.{layer}.mlp.calculator.experts.weight_up.{expert}"},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.mlp.calculator.experts.weight_down.{expert}"},
};

absl::Status RefuseUnsupported(const FieldReader& fields) {
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("gate_type", {"TopKBalancedNoisyGate"}));
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("calculator_type", {"UniversalCalculator"}));
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("gate_network", {"mlp", "linear"}));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("gate_use_softmax", true));
  SPACEMOE_RETURN_IF_ERROR(fields.RequireBool("multiply_gate_scores", true));
  return fields.RequireBool("add_weight_norm", false);
}

absl::Status ReadWidths(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t width,
                            fields.Int("intermediate_size"));
  if (!fields.Has("size_experts")) {
    if (width % config.experts != 0) {
      return fields.Wrong(
          "intermediate_size",
          absl::StrCat("a multiple of num_experts (", config.experts, ")"));
    }
    config.expert_width = width / config.experts;
    return absl::OkStatus();
  }
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto widths,
      fields.IntTable("size_experts", config.layers, config.experts));
  config.expert_width = widths.front().front();
  for (std::int64_t l = 0; l < config.layers; ++l) {
    config.EditLayer(l).expert_widths = widths[l];
  }
  return absl::OkStatus();
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(RefuseUnsupported(fields));
  config.rope_theta = 1e4;
  SPACEMOE_ASSIGN_OR_RETURN(const std::string network,
                            fields.StringOr("gate_network", "mlp"));
  config.routing.two_layers = network == "mlp";
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_multiplier,
                            fields.PositiveOr("score_scale_factor", 1.0));
  return ReadWidths(fields, config);
}

}  // namespace

const Family& LlamaMoeFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), kFeedForward});
  static const Family kFamily = {
      .name = "llama_moe",
      .architecture = "LlamaMoEForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSoftmax},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .fields = {.experts = "num_experts", .experts_per_token = "num_selects"},
      .read_hugging_face = ReadHuggingFace,
      .hugging_face_tensors = kNames,
  };
  return kFamily;
}

}  // namespace spacemoe
