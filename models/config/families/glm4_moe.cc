// GLM-4.5 and GLM-4.5-Air (arXiv:2508.06471): grouped-query attention that
// rotates a part of each head, with norms of q and k in the larger one;
// DeepSeek-V3's routing and shared experts.
#include "models/config/families/common_names.h"
#include "models/config/families/deepseek_fields.h"
#include "models/config/families/families.h"
#include "models/config/families/gguf_fields.h"
#include "models/config/families/gguf_names.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "models/config/rope_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status ReadAttention(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.attention_bias,
                            fields.BoolOr("attention_bias", false));
  SPACEMOE_ASSIGN_OR_RETURN(const bool norms,
                            fields.BoolOr("use_qk_norm", false));
  config.qk_norm = norms ? QkNorm::kHead : QkNorm::kNone;
  return ReadPartialRotary(fields, 0.5, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadAttention(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadWidths(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadFirstDense(fields, 1, config));
  return ReadSigmoidRouting(
      fields, {.norm_topk_prob = true, .routed_scaling_factor = 1.0}, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["attention_bias"] = config.attention_bias;
  json["use_qk_norm"] = config.qk_norm == QkNorm::kHead;
  WritePartialRotary(config, json);
  WriteWidths(config, json);
  WriteSharedExperts(config, json);
  WriteFirstDense(config, json);
  WriteSigmoidRouting(config, json);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kHead;  // where the file has them
  SPACEMOE_ASSIGN_OR_RETURN(
      config.rotary_dim, fields.IntOr("rope.dimension_count",
                                      config.head_dim / 2, 1, config.head_dim));
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  return ReadGgufRouting(fields, /*group_best=*/2, config);
}

}  // namespace

const Family& Glm4MoeFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), QkNormNames(),
                RouterNames(), RouterCorrectionNames(), ExpertNames(),
                SharedExpertsNames(), DenseNames()});
  static const Family kFamily = {
      .name = "glm4_moe",
      .architecture = "Glm4MoeForCausalLM",
      .routing = SigmoidRule(),
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 1e4},
      .fields = {.experts = "n_routed_experts"},
      .partial_rotary = true,
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "glm4moe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
