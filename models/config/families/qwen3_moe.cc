// Qwen3-MoE (Yang et al. 2025, arXiv:2505.09388, section 2): RMS norms of each
// head of q and k before the rotation; softmax over all experts; none shared.
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
                            fields.Int("moe_intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.dense_width,
                            fields.Int("intermediate_size"));
  config.qk_norm = QkNorm::kHead;
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionBias(fields, false, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.routing.renormalise,
                            fields.BoolOr("norm_topk_prob", false));
  SPACEMOE_ASSIGN_OR_RETURN(const bool windowed,
                            fields.BoolOr("use_sliding_window", false));
  if (windowed) {
    SPACEMOE_ASSIGN_OR_RETURN(config.sliding_window,
                              fields.IntOr("sliding_window", 4096));
  }
  return ReadSparseStep(fields, config);
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  WriteWidths(config, json);
  json["attention_bias"] = config.attention_bias;
  json["norm_topk_prob"] = config.routing.renormalise;
  json["decoder_sparse_step"] = 1;
  json["mlp_only_layers"] = nlohmann::json::array();
  json["use_sliding_window"] = false;
}

// llama.cpp always normalises the weights here.
absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  config.qk_norm = QkNorm::kHead;
  config.routing.renormalise = true;
  return ReadGgufWidths(fields, config);
}

}  // namespace

const Family& Qwen3MoeFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), QkNormNames(),
                RouterNames(), ExpertNames(), DenseNames()});
  static const Family kFamily = {
      .name = "qwen3_moe",
      .architecture = "Qwen3MoeForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .fields = {.experts = "num_experts"},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "qwen3moe",
      .matches_gguf = AlwaysMatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = GgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
