#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/config/config_check.h"
#include "models/config/config_reader.h"
#include "models/config/family.h"
#include "models/config/field_reader.h"
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
                                          const std::string& architecture) {
  bool known = false;
  for (const Family* family : Families()) {
    if (family->gguf_architecture != architecture) continue;
    if (family->matches_gguf(fields)) return family;
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
                                         const std::string& architecture) {
  if (architecture.empty()) {
    return general.Wrong("general.architecture",
                         absl::StrCat("one of ", KnownArchitectures()));
  }
  return MatchFamily(general, fields, architecture);
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

// 1 is softmax, in llama.cpp's llama_expert_gating_func_type.
absl::Status CheckGating(const FieldReader& fields) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t gating,
                            fields.IntOr("expert_gating_func", 1, 0));
  if (gating <= 1) return absl::OkStatus();
  return fields.Unsupported("expert_gating_func", "1 (softmax)");
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

absl::Status ReadCommon(const FieldReader& fields, const GgufFacts& facts,
                        ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(ReadVocabulary(fields, facts, config));
  SPACEMOE_ASSIGN_OR_RETURN(config.layers, fields.Int("block_count"));
  SPACEMOE_ASSIGN_OR_RETURN(config.max_positions,
                            fields.Int("context_length", 1, kMaxPositions));
  SPACEMOE_RETURN_IF_ERROR(ReadDimensions(fields, kNames, config));
  SPACEMOE_RETURN_IF_ERROR(CheckHeadDims(fields, config));
  SPACEMOE_RETURN_IF_ERROR(CheckGating(fields));
  SPACEMOE_ASSIGN_OR_RETURN(
      config.rms_norm_eps, fields.Positive("attention.layer_norm_rms_epsilon"));
  config.tie_word_embeddings = !facts.has_output_tensor;
  config.attention_bias = facts.has_attention_bias;
  config.output_bias = facts.has_output_bias;
  return ReadGgufRope(fields, config);
}

}  // namespace

absl::StatusOr<ModelConfig> ReadGgufConfig(const nlohmann::json& metadata,
                                           const GgufFacts& facts,
                                           const std::string& where) {
  const FieldReader general(metadata, where);
  SPACEMOE_ASSIGN_OR_RETURN(const std::string architecture,
                            general.StringOr("general.architecture", ""));
  const FieldReader fields(metadata, where, architecture + ".", true);
  SPACEMOE_ASSIGN_OR_RETURN(const Family* family,
                            ReadFamily(general, fields, architecture));
  if (facts.has_rope_factors) {
    return absl::UnimplementedError(absl::StrCat(
        where, ": tensor rope_freqs.weight: rotary factors are not supported"));
  }
  ModelConfig config;
  config.family = family->name;
  config.architecture = family->architecture;
  config.routing = family->routing;
  SPACEMOE_RETURN_IF_ERROR(ReadCommon(fields, facts, config));
  SPACEMOE_RETURN_IF_ERROR(family->read_gguf(fields, config));
  SPACEMOE_RETURN_IF_ERROR(ReadSpecialTokens(general, config));
  return config;
}

}  // namespace spacemoe
