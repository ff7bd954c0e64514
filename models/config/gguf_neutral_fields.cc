#include "models/config/gguf_neutral_fields.h"

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// The numbers with which a field changes nothing; true counts as 1.
struct NeutralField {
  std::string_view name;
  std::optional<double> neutral;
  std::optional<double> also = std::nullopt;
};

// Names as in gguf-py's constants.py.
constexpr NeutralField kFields[] = {
    {"activation_sparsity_scale", std::nullopt},
    {"altup.active_idx", std::nullopt},
    {"altup.num_inputs", std::nullopt},
    {"attention.causal", 1},
    {"attention.clamp_kqv", 0},
    {"attention.group_norm_epsilon", std::nullopt},
    {"attention.group_norm_groups", 0},
    {"attention.indexer.head_count", 0},
    {"attention.indexer.key_length", 0},
    {"attention.indexer.top_k", 0},
    {"attention.key_length_mla", 0},
    {"attention.key_length_swa", std::nullopt},
    {"attention.kv_lora_rank", 0},
    {"attention.max_alibi_bias", 0},
    {"attention.output_scale", 1},
    {"attention.q_lora_rank", 0},
    {"attention.scale", 0},
    {"attention.shared_kv_layers", 0},
    {"attention.sliding_window", 0},
    {"attention.sliding_window_pattern", std::nullopt},
    {"attention.temperature_length", 0},
    {"attention.temperature_scale", 0},
    {"attention.value_length_mla", 0},
    {"attention.value_length_swa", std::nullopt},
    {"attn_logit_softcapping", 0},
    {"embedding_length_per_layer_input", 0},
    {"embedding_scale", 1},
    {"expert_chunk_feed_forward_length", 0},
    {"expert_group_count", 1, 0},
    {"expert_group_scale", 1},
    {"expert_group_used_count", 1, 0},
    {"expert_shared_count", 0},
    {"expert_shared_feed_forward_length", 0},
    {"expert_weights_scale", 1, 0},
    {"experts_per_group", 0},
    {"final_logit_softcapping", 0},
    {"full_attention_interval", 1, 0},
    {"interleave_moe_layer_step", 1, 0},
    {"leading_dense_block_count", 0},
    {"logit_scale", 1, 0},
    {"moe_every_n_layers", 1, 0},
    {"moe_latent_size", 0},
    {"n_deepstack_layers", 0},
    {"rescale_every_n_layers", 0},
    {"residual_scale", 1, 0},
    {"rope.dimension_count_swa", std::nullopt},
    {"rope.dimension_sections", std::nullopt},
    {"rope.scale_linear", 1},
    {"rope.scaling.alpha", 0},
    {"rope.scaling.attn_factor", 1},
    {"rope.scaling.factor", 1, 0},
    {"rope.scaling.yarn_attn_factor", 1},
    {"rope.scaling.yarn_ext_factor", 1},
    {"rope.scaling.yarn_log_multiplier", 0},
    {"router_logit_softcapping", 0},
    {"swiglu_clamp_exp", 0},
    {"swiglu_clamp_shexp", 0},
    {"swin_norm", 0},
    {"use_parallel_residual", 0},
};

bool Says(const FieldReader& fields, std::string_view name, double value) {
  const std::optional<double> found = fields.Scalar(name);
  return found && *found == value;
}

absl::Status CheckNeutral(const FieldReader& fields,
                          const NeutralField& field) {
  if (!field.neutral) return fields.Unsupported(field.name, "no such field");
  if (Says(fields, field.name, *field.neutral)) return absl::OkStatus();
  if (field.also && Says(fields, field.name, *field.also)) {
    return absl::OkStatus();
  }
  return fields.Unsupported(field.name, absl::StrCat(*field.neutral));
}

// Whether weights add up to 1 is the architecture's habit where no reader asks.
absl::Status CheckNormalised(const FieldReader& fields, const FieldNames& read,
                             const ModelConfig& config) {
  constexpr char kField[] = "expert_weights_norm";
  if (read.contains(kField) || !fields.Has(kField)) return absl::OkStatus();
  const bool normalised = config.routing.renormalise ||
                          config.routing.kind == RoutingKind::kTopKSoftmax;
  if (Says(fields, kField, normalised ? 1 : 0)) return absl::OkStatus();
  return fields.Unsupported(kField, normalised ? "true" : "false");
}

absl::Status CheckWindowsBase(const FieldReader& fields,
                              const ModelConfig& config) {
  constexpr char kField[] = "rope.freq_base_swa";
  if (!fields.Has(kField) || Says(fields, kField, config.rope_theta)) {
    return absl::OkStatus();
  }
  return fields.Unsupported(
      kField, absl::StrCat("rope.freq_base (", config.rope_theta, ")"));
}

}  // namespace

absl::Status RefuseUnreadGgufFields(const FieldReader& fields,
                                    const FieldNames& read,
                                    const ModelConfig& config) {
  for (const NeutralField& field : kFields) {
    if (read.contains(field.name) || !fields.Has(field.name)) continue;
    SPACEMOE_RETURN_IF_ERROR(CheckNeutral(fields, field));
  }
  SPACEMOE_RETURN_IF_ERROR(CheckNormalised(fields, read, config));
  return CheckWindowsBase(fields, config);
}

}  // namespace spacemoe
