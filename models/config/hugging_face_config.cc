#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/config/config_check.h"
#include "models/config/config_reader.h"
#include "models/config/family.h"
#include "models/config/field_reader.h"
#include "models/config/json_text.h"
#include "models/config/quantization.h"
#include "models/config/rope_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr std::int64_t kMaxPositions = std::int64_t{1} << 31;

// The first of a family's and other families' names that the config has: tools
// that convert configs mix them up.
std::string_view PresentName(const FieldReader& fields, std::string_view own,
                             std::initializer_list<std::string_view> others) {
  if (fields.Has(own)) return own;
  for (const std::string_view other : others) {
    if (fields.Has(other)) return other;
  }
  return own;
}

DimensionFields NamesIn(const FieldReader& fields, const Family& family) {
  return {
      .hidden_size = "hidden_size",
      .heads = "num_attention_heads",
      .kv_heads = "num_key_value_heads",
      .head_dim = family.latent_attention ? "" : "head_dim",
      .experts =
          PresentName(fields, family.fields.experts,
                      {"num_local_experts", "num_experts", "n_routed_experts"}),
      .experts_per_token =
          PresentName(fields, family.fields.experts_per_token,
                      {"num_experts_per_tok", "experts_per_token"}),
  };
}

// A model, and the fields that describe it.
struct Described {
  const Family* family;
  FieldReader fields;
};

const Family* FindByOuterType(const std::string& type) {
  for (const Family* family : Families()) {
    if (!type.empty() && family->outer_type == type) return family;
  }
  return nullptr;
}

// The language model of a larger one, or the whole.
absl::StatusOr<Described> ReadFamily(const FieldReader& fields) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name,
                            fields.StringOr("model_type", ""));
  if (name.empty()) {
    return fields.Wrong("model_type", absl::StrCat("one of ", KnownFamilies()));
  }
  if (const Family* family = FindByOuterType(name)) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto inner, fields.Object("text_config"));
    if (!inner) return fields.Wrong("text_config", "an object");
    return Described{family, *inner};
  }
  const absl::StatusOr<const Family*> family = FindFamily(name);
  if (!family.ok()) return fields.Unsupported("model_type", KnownFamilies());
  return Described{*family, fields};
}

absl::Status ReadSpecialTokens(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(auto eos,
                            fields.TokenIds("eos_token_id", config.vocab_size));
  if (!eos.empty()) config.eos_token_ids = std::move(eos);
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bos,
      fields.OptionalInt("bos_token_id", 0, config.vocab_size - 1));
  if (bos) config.bos_token_id = bos;
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto pad,
      fields.OptionalInt("pad_token_id", -1, config.vocab_size - 1));
  if (pad && *pad >= 0) config.pad_token_id = pad;
  return absl::OkStatus();
}

absl::Status ReadStoredType(const FieldReader& fields, ModelConfig& config) {
  const bool new_name = fields.Has("dtype");
  SPACEMOE_ASSIGN_OR_RETURN(
      config.stored_dtype,
      fields.StringOr(new_name ? "dtype" : "torch_dtype", ""));
  return absl::OkStatus();
}

absl::Status ReadCommon(const FieldReader& fields, const Family& family,
                        ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(
      fields.RequireOneOf("hidden_act", {"silu", "swish"}));
  SPACEMOE_ASSIGN_OR_RETURN(config.vocab_size, fields.Int("vocab_size"));
  SPACEMOE_ASSIGN_OR_RETURN(config.layers, fields.Int("num_hidden_layers"));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.max_positions,
      fields.Int("max_position_embeddings", 1, kMaxPositions));
  SPACEMOE_RETURN_IF_ERROR(
      ReadDimensions(fields, NamesIn(fields, family), config));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.rms_norm_eps,
      fields.PositiveOr("rms_norm_eps", family.defaults.rms_norm_eps));
  config.rope_theta = family.defaults.rope_theta;
  if (!family.partial_rotary) {
    SPACEMOE_RETURN_IF_ERROR(RefusePartialRotaryAnywhere(fields));
  }
  SPACEMOE_RETURN_IF_ERROR(ReadHuggingFaceRope(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.tie_word_embeddings,
                            fields.BoolOr("tie_word_embeddings",
                                          family.defaults.tie_word_embeddings));
  SPACEMOE_RETURN_IF_ERROR(ReadStoredType(fields, config));
  return ReadSpecialTokens(fields, config);
}

}  // namespace

absl::StatusOr<ModelConfig> ReadHuggingFaceConfig(
    std::string_view config_json, std::string_view generation_config_json,
    const std::string& where) {
  const std::string file = where + "/config.json";
  SPACEMOE_ASSIGN_OR_RETURN(const json parsed,
                            ParseJsonObject(config_json, file));
  const FieldReader outer(parsed, file);
  SPACEMOE_ASSIGN_OR_RETURN(const Described described, ReadFamily(outer));
  const Family& family = *described.family;
  ModelConfig config;
  config.family = family.name;
  config.architecture = family.architecture;
  config.routing = family.routing;
  SPACEMOE_RETURN_IF_ERROR(ReadQuantization(outer, config.quantization));
  SPACEMOE_RETURN_IF_ERROR(ReadCommon(described.fields, family, config));
  SPACEMOE_RETURN_IF_ERROR(family.read_hugging_face(described.fields, config));
  SPACEMOE_RETURN_IF_ERROR(CheckRopeFactors(described.fields, config));
  if (generation_config_json.empty()) return config;
  const std::string generation_file = where + "/generation_config.json";
  SPACEMOE_ASSIGN_OR_RETURN(
      const json generation,
      ParseJsonObject(generation_config_json, generation_file));
  SPACEMOE_RETURN_IF_ERROR(
      ReadSpecialTokens(FieldReader(generation, generation_file), config));
  return config;
}

}  // namespace spacemoe
