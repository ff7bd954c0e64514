#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/config/config_check.h"
#include "models/config/config_reader.h"
#include "models/config/family.h"
#include "models/config/field_reader.h"
#include "models/config/gguf_neutral_fields.h"
#include "models/config/rope_reader.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::int64_t kMaxPositions = std::int64_t{1} << 31;
constexpr DimensionFields kNames = {
    .hidden_size = "embedding_length",
    .heads = "attention.head_count",
    .kv_heads = "attention.head_count_kv",
    .head_dim = "attention.key_length",
    .experts = "expert_count",
    .experts_per_token = "expert_used_count",
};

std::string KnownArchitectures() {
  std::vector<std::string> names;
  for (const Family* family : Families()) {
    const std::string name(family->gguf_architecture);
    if (name.empty()) continue;
    if (std::count(names.begin(), names.end(), name) == 0) {
      names.push_back(name);
    }
  }
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<const Family*> MatchFamily(const FieldReader& general,
                                          const FieldReader& fields,
                                          const GgufFacts& facts,
                                          const std::string& architecture) {
  bool known = false;
  for (const Family* family : Families()) {
    if (family->gguf_architecture != architecture) continue;
    if (family->matches_gguf(fields, facts)) return family;
    known = true;
  }
  const std::string field = "general.architecture";
  if (known) {
    return general.Unsupported(
        field, "that architecture with experts (expert_count above 0)");
  }
  return general.Unsupported(field, KnownArchitectures());
}

absl::StatusOr<const Family*> ReadFamily(const FieldReader& general,
                                         const FieldReader& fields,
                                         const GgufFacts& facts,
                                         const std::string& architecture) {
  if (architecture.empty()) {
    return general.Wrong("general.architecture",
                         absl::StrCat("one of ", KnownArchitectures()));
  }
  return MatchFamily(general, fields, facts, architecture);
}

absl::Status CheckHeadDims(const FieldReader& fields,
                           const ModelConfig& config) {
  for (const char* field : {"attention.value_length", "rope.dimension_count"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t size,
                              fields.IntOr(field, config.head_dim));
    if (size != config.head_dim) {
      return fields.Unsupported(
          field, absl::StrCat("the size of a head, ", config.head_dim));
    }
  }
  return absl::OkStatus();
}

// llama.cpp's llama_expert_gating_func_type: 1 is softmax over all, 2 sigmoid,
// 3 softmax over the chosen ones.
absl::Status CheckGating(const FieldReader& fields, RoutingKind kind) {
  const bool sigmoid = kind == RoutingKind::kSigmoidTopK;
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t gating,
                            fields.IntOr("expert_gating_func", 0, 0));
  const bool late = kind == RoutingKind::kTopKSoftmax && gating == 3;
  if (gating == 0 || late || gating == (sigmoid ? 2 : 1)) {
    return absl::OkStatus();
  }
  return fields.Unsupported("expert_gating_func",
                            sigmoid ? "2 (sigmoid)" : "1 (softmax)");
}

// Those after the first block_count - nextn_predict_layers predict further
// tokens.
absl::Status ReadLayers(const FieldReader& fields, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t blocks,
                            fields.Int("block_count"));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t further,
      fields.IntOr("nextn_predict_layers", 0, 0, blocks - 1));
  config.layers = blocks - further;
  return absl::OkStatus();
}

DimensionFields NamesFor(const Family& family) {
  DimensionFields names = kNames;
  // Latents count as one key-value head.
  if (family.latent_attention) {
    names.kv_heads = "attention.head_count";
    names.head_dim = "";
  }
  return names;
}

absl::Status ReadVocabulary(const FieldReader& fields, const GgufFacts& facts,
                            ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.vocab_size,
                            fields.IntOr("vocab_size", facts.embedding_rows));
  if (config.vocab_size > 0 && config.vocab_size <= kMaxCount) {
    return absl::OkStatus();
  }
  return fields.Wrong("vocab_size", "the size of the vocabulary");
}

absl::Status ReadSpecialTokens(const FieldReader& general,
                               ModelConfig& config) {
  for (const char* field :
       {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
        "tokenizer.ggml.eom_token_id"}) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto ids,
                              general.TokenIds(field, config.vocab_size));
    for (const std::int64_t id : ids) {
      auto& all = config.eos_token_ids;
      if (std::count(all.begin(), all.end(), id) == 0) all.push_back(id);
    }
  }
  SPACEMOE_ASSIGN_OR_RETURN(
      config.bos_token_id, general.OptionalInt("tokenizer.ggml.bos_token_id", 0,
                                               config.vocab_size - 1));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.pad_token_id,
      general.OptionalInt("tokenizer.ggml.padding_token_id", 0,
                          config.vocab_size - 1));
  return absl::OkStatus();
}

absl::StatusOr<double> ReadNormEpsilon(const FieldReader& fields) {
  const bool layer_norm = !fields.Has("attention.layer_norm_rms_epsilon") &&
                          fields.Has("attention.layer_norm_epsilon");
  return fields.Positive(layer_norm ? "attention.layer_norm_epsilon"
                                    : "attention.layer_norm_rms_epsilon");
}

absl::Status ReadCommon(const FieldReader& fields, const GgufFacts& facts,
                        const Family& family, ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadVocabulary(fields, facts, config));
  SPACEMOE_RETURN_IF_ERROR(ReadLayers(fields, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.max_positions,
                            fields.Int("context_length", 1, kMaxPositions));
  SPACEMOE_RETURN_IF_ERROR(ReadDimensions(fields, NamesFor(family), config));
  if (!family.latent_attention && !family.partial_rotary) {
    SPACEMOE_RETURN_IF_ERROR(CheckHeadDims(fields, config));
  }
  SPACEMOE_RETURN_IF_ERROR(CheckGating(fields, config.routing.kind));
  SPACEMOE_ASSIGN_OR_RETURN(config.rms_norm_eps, ReadNormEpsilon(fields));
  config.tie_word_embeddings = !facts.has_output_tensor;
  config.attention_bias = facts.has_attention_bias;
  config.output_bias = facts.has_output_bias;
  return ReadGgufRope(fields, facts.rope_factors, config);
}

}  // namespace

absl::StatusOr<ModelConfig> ReadGgufConfig(const nlohmann::json& metadata,
                                           const GgufFacts& facts,
                                           const std::string& where) {
  const FieldReader general(metadata, where);
  SPACEMOE_ASSIGN_OR_RETURN(const std::string architecture,
                            general.StringOr("general.architecture", ""));
  FieldReader fields(metadata, where, architecture + ".", true);
  SPACEMOE_ASSIGN_OR_RETURN(const Family* family,
                            ReadFamily(general, fields, facts, architecture));
  FieldNames read;
  fields.RecordTo(&read);
  ModelConfig config;
  config.family = family->name;
  config.architecture = family->architecture;
  config.routing = family->routing;
  SPACEMOE_RETURN_IF_ERROR(ReadCommon(fields, facts, *family, config));
  SPACEMOE_RETURN_IF_ERROR(family->read_gguf(fields, config));
  config.lm_head_bias = facts.has_lm_head_bias;
  if (!facts.has_qk_norm) config.qk_norm = QkNorm::kNone;
  if (config.latent) config.latent->split_up = facts.has_split_latent;
  SPACEMOE_RETURN_IF_ERROR(CheckRopeFactors(fields, config));
  SPACEMOE_RETURN_IF_ERROR(RefuseUnreadGgufFields(fields, read, config));
  SPACEMOE_RETURN_IF_ERROR(ReadSpecialTokens(general, config));
  return config;
}

}  // namespace spacemoe
