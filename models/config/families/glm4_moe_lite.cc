// GLM-4.7-Flash ("GLM-4 MoE Lite"): DeepSeek-V3's layers; mlp_layer_types says
// which are dense, the first one where it says nothing.
#include "absl/strings/str_cat.h"
#include "models/config/families/common_names.h"
#include "models/config/families/deepseek_fields.h"
#include "models/config/families/families.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status ReadDenseLayers(const FieldReader& fields, ModelConfig& config) {
  constexpr char kField[] = "mlp_layer_types";
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<std::string> types,
                            fields.StringList(kField));
  const bool given = fields.Has(kField);
  if (given && types.size() != static_cast<std::size_t>(config.layers)) {
    return fields.Wrong(kField, absl::StrCat("a list of ", config.layers));
  }
  for (const std::string& type : types) {
    if (type == "dense" || type == "sparse") continue;
    return fields.Unsupported(kField, "dense, sparse");
  }
  const auto is_dense = [&](std::int64_t l) {
    return given ? types[l] == "dense" : l == 0;
  };
  return MarkDense(fields, kField, is_dense, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadLatentAttention(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.rope_interleaved,
                            fields.BoolOr("rope_interleave", true));
  SPACEMOE_RETURN_IF_ERROR(ReadWidths(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadDenseLayers(fields, config));
  return ReadSigmoidRouting(
      fields, {.norm_topk_prob = true, .routed_scaling_factor = 1.8}, config);
}

}  // namespace

const Family& Glm4MoeLiteFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), LatentAttentionNames(),
                RouterNames(), RouterCorrectionNames(), ExpertNames(),
                SharedExpertsNames(), DenseNames()});
  static const Family kFamily = {
      .name = "glm4_moe_lite",
      .architecture = "Glm4MoeLiteForCausalLM",
      .routing = SigmoidRule(),
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 1e4},
      .fields = {.experts = "n_routed_experts"},
      .latent_attention = true,
      .read_hugging_face = ReadHuggingFace,
      .hugging_face_tensors = kNames,
  };
  return kFamily;
}

}  // namespace spacemoe
