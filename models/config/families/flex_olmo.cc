// FlexOlmo (Shi et al. 2025, arXiv:2507.07024): as OLMoE, but with norms after
// attention and experts instead of before them, as in OLMo 2.
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr TensorName kPostNorm[] = {
    {TensorRole::kPostAttentionNorm,
     "model.layers.{layer}.post_attention_layernorm.weight"},
    {TensorRole::kPostFfnNorm,
     "model.layers.{layer}.post_feedforward_layernorm.weight"},
};

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  config.norm = NormKind::kRmsFloat32;
  config.post_norm = true;
  config.qk_norm = QkNorm::kWidth;
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.renormalise,
                            fields.BoolOr("norm_topk_prob", false));
  return ReadAttentionBias(fields, false, config);
}

}  // namespace

const Family& FlexOlmoFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), kPostNorm, AttentionNames(), QkNormNames(),
                RouterNames(), ExpertNames()});
  static const Family kFamily = {
      .name = "flex_olmo",
      .architecture = "FlexOlmoForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 5e5},
      .fields = {.experts = "num_experts"},
      .read_hugging_face = ReadHuggingFace,
      .hugging_face_tensors = kNames,
  };
  return kFamily;
}

}  // namespace spacemoe
