// Llama 4 (Meta 2025), its language model: interleaved rotation and chunked
// attention, then an L2 norm of q and k; every no_rope_layer_interval-th layer
// does not rotate, sees all, and tempers its queries. The router's sigmoid
// multiplies the input of its expert; a shared expert beside it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/config/families/common_names.h"
#include "models/config/families/families.h"
#include "models/config/families/layer_fields.h"
#include "models/config/field_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kGateUp[] =
    "model.layers.{layer}.feed_forward.experts.gate_up_proj";

constexpr TensorName kFeedForward[] = {
    {TensorRole::kRouter, "model.layers.{layer}.feed_forward.router.weight"},
    {TensorRole::kExpertGate, kGateUp, 0, 2, RowOrder::kPlain,
     /*transposed=*/true},
    {TensorRole::kExpertUp, kGateUp, 1, 2, RowOrder::kPlain,
     /*transposed=*/true},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.feed_forward.experts.down_proj", 0, 1,
     RowOrder::kPlain, /*transposed=*/true},
    // As quantised folders have them, one by one.
    {TensorRole::kExpertGate,
     "model.layers.{layer}.feed_forward.experts.{expert}.gate_proj.weight"},
    {TensorRole::kExpertUp,
     "model.layers.{layer}.feed_forward.experts.{expert}.up_proj.weight"},
    {TensorRole::kExpertDown,
     "model.layers.{layer}.feed_forward.experts.{expert}.down_proj.weight"},
    {TensorRole::kSharedGate,
     "model.layers.{layer}.feed_forward.shared_expert.gate_proj.weight"},
    {TensorRole::kSharedUp,
     "model.layers.{layer}.feed_forward.shared_expert.up_proj.weight"},
    {TensorRole::kSharedDown,
     "model.layers.{layer}.feed_forward.shared_expert.down_proj.weight"},
    {TensorRole::kDenseGate,
     "model.layers.{layer}.feed_forward.gate_proj.weight"},
    {TensorRole::kDenseUp, "model.layers.{layer}.feed_forward.up_proj.weight"},
    {TensorRole::kDenseDown,
     "model.layers.{layer}.feed_forward.down_proj.weight"},
};

absl::Status ReadRotatedLayers(const FieldReader& fields, ModelConfig& config) {
  constexpr char kField[] = "no_rope_layers";
  SPACEMOE_ASSIGN_OR_RETURN(const auto rotated, fields.IntList(kField, 0, 1));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t interval,
                            fields.IntOr("no_rope_layer_interval", 4));
  if (!rotated.empty() &&
      rotated.size() < static_cast<std::size_t>(config.layers)) {
    return fields.Wrong(kField, absl::StrCat("a list of ", config.layers));
  }
  for (std::int64_t l = 0; l < config.layers; ++l) {
    config.EditLayer(l).rope =
        rotated.empty() ? (l + 1) % interval != 0 : rotated[l] == 1;
  }
  return absl::OkStatus();
}

absl::Status ReadTemperature(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const bool tuned,
                            fields.BoolOr("attn_temperature_tuning", true));
  if (!tuned) return absl::OkStatus();
  QueryTemperature temperature;
  SPACEMOE_ASSIGN_OR_RETURN(temperature.floor_scale,
                            fields.PositiveOr("floor_scale", 8192));
  SPACEMOE_ASSIGN_OR_RETURN(temperature.scale,
                            fields.NotNegativeOr("attn_scale", 0.1));
  config.temperature = temperature;
  return absl::OkStatus();
}

absl::Status ReadAttention(const FieldReader& fields, ModelConfig& config) {
  config.rope_interleaved = true;
  config.rope_float32 = true;
  SPACEMOE_RETURN_IF_ERROR(ReadAttentionBias(fields, false, config));
  SPACEMOE_RETURN_IF_ERROR(ReadRotatedLayers(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(const bool norms,
                            fields.BoolOr("use_qk_norm", true));
  if (norms) config.qk_norm = QkNorm::kUnweightedAfterRope;
  SPACEMOE_ASSIGN_OR_RETURN(
      config.attention_chunk,
      fields.OptionalInt("attention_chunk_size", 1, kMaxCount));
  SPACEMOE_RETURN_IF_ERROR(ReadLayerTypes(
      fields, "chunked_attention",
      [&](std::int64_t l) { return config.Layer(l).rope; }, config));
  return ReadTemperature(fields, config);
}

// moe_layers, or every interleave_moe_layer_step-th.
absl::Status ReadDenseLayers(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto sparse, fields.IntList("moe_layers"));
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t step,
                            fields.IntOr("interleave_moe_layer_step", 1));
  const bool given = fields.Has("moe_layers");
  const auto is_dense = [&](std::int64_t l) {
    if (!given) return (l + 1) % step != 0;
    return std::find(sparse.begin(), sparse.end(), l) == sparse.end();
  };
  return MarkDense(fields, "moe_layers", is_dense, config);
}

absl::Status ReadHuggingFace(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.expert_width,
                            fields.Int("intermediate_size"));
  config.shared_width = config.expert_width;
  SPACEMOE_ASSIGN_OR_RETURN(config.dense_width,
                            fields.Int("intermediate_size_mlp"));
  SPACEMOE_RETURN_IF_ERROR(ReadDenseLayers(fields, config));
  return ReadAttention(fields, config);
}

}  // namespace

const Family& Llama4TextFamily() {
  static const std::vector<TensorName> kInner =
      Together({ModelNames(), PreNormNames(), AttentionNames(), kFeedForward});
  static const auto kPatterns = WithPrefix("language_model.", kInner);
  static const std::vector<TensorName> kNames =
      Together({kInner, Renamed(kInner, kPatterns)});
  static const Family kFamily = {
      .name = "llama4_text",
      .architecture = "Llama4ForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSigmoid, .weighs_input = true},
      .defaults = {.rms_norm_eps = 1e-5, .rope_theta = 5e5},
      .outer_type = "llama4",
      .read_hugging_face = ReadHuggingFace,
      .hugging_face_tensors = kNames,
  };
  return kFamily;
}

}  // namespace spacemoe
