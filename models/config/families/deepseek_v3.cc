// DeepSeek-V3 (arXiv:2412.19437) and R1: latent attention; sigmoid scores that
// compete with a correction bias, from the topk_group best groups.
#include "models/config/families/common_names.h"
#include "models/config/families/deepseek_fields.h"
#include "models/config/families/families.h"
#include "models/config/families/gguf_fields.h"
#include "models/config/families/gguf_names.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadLatentAttention(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_interleaved,
                            fields.BoolOr("rope_interleave", true));
  SPACEMOE_RETURN_IF_ERROR(ReadWidths(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadFirstDense(fields, 3, config));
  return ReadSigmoidRouting(
      fields, {.norm_topk_prob = true, .routed_scaling_factor = 2.5}, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteLatentAttention(config, json);
  json["rope_interleave"] = config.rope_interleaved;
  WriteWidths(config, json);
  WriteSharedExperts(config, json);
  WriteFirstDense(config, json);
  WriteSigmoidRouting(config, json);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadGgufLatentAttention(fields, config));
  config.rope_interleaved = true;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  return ReadGgufRouting(fields, /*group_best=*/2, config);
}

}  // namespace

const Family& DeepseekV3Family() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), LatentAttentionNames(),
                RouterNames(), RouterCorrectionNames(), ExpertNames(),
                SharedExpertsNames(), DenseNames()});
  static const Family kFamily = {
      .name = "deepseek_v3",
      .architecture = "DeepseekV3ForCausalLM",
      .routing = SigmoidRule(),
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .fields = {.experts = "n_routed_experts"},
      .latent_attention = true,
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "deepseek2",
      .matches_gguf = HasSigmoidScores,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
