// dots.llm1 (arXiv:2506.05767): Qwen3's attention with DeepSeek-V3's routing
// and shared experts; a window, if any, from layer max_window_layers on.
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

absl::Status ReadWindow(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.sliding_window,
                            fields.OptionalInt("sliding_window", 1, kMaxCount));
  if (!config.sliding_window) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t first,
                            fields.IntOr("max_window_layers", 62, 0));
  return ReadLayerTypes(
      fields, "sliding_attention",
      [first](std::int64_t l) { return l >= first; }, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kHead;
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionBias(fields, false, config));
  SPACEMOE_RETURN_IF_ERROR(ReadWindow(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadWidths(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadFirstDense(fields, 0, config));
  return ReadSigmoidRouting(
      fields, {.norm_topk_prob = false, .routed_scaling_factor = 1.0}, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["attention_bias"] = config.attention_bias;
  json["sliding_window"] = nullptr;
  json["max_window_layers"] = config.layers;
  WriteWidths(config, json);
  WriteSharedExperts(config, json);
  WriteFirstDense(config, json);
  WriteSigmoidRouting(config, json);
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kHead;
  SPACEMOE_RETURN_IF_ERROR(ReadGgufWidths(fields, config));
  return ReadGgufRouting(fields, /*group_best=*/2, config);
}

}  // namespace

const Family& Dots1Family() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), QkNormNames(),
                RouterNames(), RouterCorrectionNames(), ExpertNames(),
                SharedExpertsNames(), DenseNames()});
  static const Family kFamily = {
      .name = "dots1",
      .architecture = "Dots1ForCausalLM",
      .routing = SigmoidRule(),
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .fields = {.experts = "n_routed_experts"},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "dots1",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
