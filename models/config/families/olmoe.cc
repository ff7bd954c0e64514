// OLMoE (Muennighoff et al. 2024, arXiv:2409.02060): RMS norms over all heads
// of q and of k together, then an optional clipping; softmax over all experts.
#include "models/config/families/common_names.h"
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
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  config.qk_norm = QkNorm::kWidth;
  SPACEMOE_ASSIGN_OR_RETURN(config.clip_qkv,
                            fields.OptionalPositive("clip_qkv"));
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.renormalise,
                            fields.BoolOr("norm_topk_prob", false));
  return ReadAttentionBias(fields, false, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.expert_width;
  json["attention_bias"] = config.attention_bias;
  json["norm_topk_prob"] = config.routing.renormalise;
  json["clip_qkv"] = nullptr;
  if (config.clip_qkv) json["clip_qkv"] = *config.clip_qkv;
}

// llama.cpp never normalises the weights here.
absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kWidth;
  SPACEMOE_ASSIGN_OR_RETURN(config.clip_qkv,
                            fields.OptionalPositive("attention.clamp_kqv"));
  return ReadGgufWidths(fields, config);
}

}  // namespace

const Family& OlmoeFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), QkNormNames(),
                RouterNames(), ExpertNames()});
  static const Family kFamily = {
      .name = "olmoe",
      .architecture = "OlmoeForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK},
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 1e4},
      .fields = {.experts = "num_experts"},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "olmoe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
