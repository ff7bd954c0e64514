// Mixtral (Jiang et al. 2024, arXiv:2401.04088): softmax over all experts,
// top-k, weights divided by their sum; every feed-forward block is sparse.
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/families/gguf_fields.h"
#include "models/config/field_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr TensorName kRouter[] = {
    {TensorRole::kRouter, "model.layers.{layer}.block_sparse_moe.gate.weight"},
};

// llama.cpp stacks the experts; files of before April 2024 do not.
constexpr TensorName kGguf[] = {
    {TensorRole::kTokenEmbedding, "token_embd.weight"},
    {TensorRole::kFinalNorm, "output_norm.weight"},
    {TensorRole::kLmHead, "output.weight"},
    {TensorRole::kAttentionNorm, "blk.{layer}.attn_norm.weight"},
    {TensorRole::kQuery, "blk.{layer}.attn_q.weight", 0, 1,
     RowOrder::kPermutedHeads},
    {TensorRole::kKey, "blk.{layer}.attn_k.weight", 0, 1,
     RowOrder::kPermutedHeads},
    {TensorRole::kValue, "blk.{layer}.attn_v.weight"},
    {TensorRole::kAttentionOutput, "blk.{layer}.attn_output.weight"},
    {TensorRole::kFfnNorm, "blk.{layer}.ffn_norm.weight"},
    {TensorRole::kRouter, "blk.{layer}.ffn_gate_inp.weight"},
    {TensorRole::kExpertGate, "blk.{layer}.ffn_gate_exps.weight"},
    {TensorRole::kExpertUp, "blk.{layer}.ffn_up_exps.weight"},
    {TensorRole::kExpertDown, "blk.{layer}.ffn_down_exps.weight"},
    {TensorRole::kExpertGate, "blk.{layer}.ffn_gate.{expert}.weight"},
    {TensorRole::kExpertUp, "blk.{layer}.ffn_up.{expert}.weight"},
    {TensorRole::kExpertDown, "blk.{layer}.ffn_down.{expert}.weight"},
};

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.sliding_window,
                            fields.OptionalInt("sliding_window", 1, kMaxCount));
  return absl::OkStatus();
}

void WriteHuggingFace(const ModelConfig& config, nlohmann::json& json) {
  json["intermediate_size"] = config.expert_width;
  json["sliding_window"] = nullptr;
  if (config.sliding_window) json["sliding_window"] = *config.sliding_window;
}

// llama.cpp's "llama" is dense without experts.
bool MatchesGguf(const FieldReader& fields, const GgufFacts&) {
  const auto experts = fields.IntOr("expert_count", 0, 0);
  return !experts.ok() || *experts > 0;
}

absl::Status ReadGguf(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("feed_forward_length"));
  return ReadGgufWindow(fields, config);
}

}  // namespace

const Family& MixtralFamily() {
  static const std::vector<TensorName> kNames =
      Together({ModelNames(), PreNormNames(), AttentionNames(), kRouter,
                BlockSparseExpertNames()});
  static const Family kFamily = {
      .name = "mixtral",
      .architecture = "MixtralForCausalLM",
      .routing = {.kind = RoutingKind::kSoftmaxTopK, .renormalise = true},
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 1e6},
      .read_hugging_face = ReadHuggingFace,
      .write_hugging_face = WriteHuggingFace,
      .gguf_architecture = "llama",
      .matches_gguf = MatchesGguf,
      .read_gguf = ReadGguf,
      .hugging_face_tensors = kNames,
      .gguf_tensors = kGguf,
  };
  return kFamily;
}

}  // namespace spacemoe
