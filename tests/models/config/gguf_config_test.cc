#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/config/config_reader.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json Granite() {
  return json::parse(R"({
    "general.architecture": "granitemoe", "granitemoe.block_count": 3,
    "granitemoe.context_length": 512, "granitemoe.embedding_length": 64,
    "granitemoe.feed_forward_length": 16,
    "granitemoe.attention.head_count": 4,
    "granitemoe.attention.head_count_kv": 2,
    "granitemoe.attention.layer_norm_rms_epsilon": 0.01,
    "granitemoe.expert_count": 8, "granitemoe.expert_used_count": 3,
    "tokenizer.ggml.eos_token_id": 2, "tokenizer.ggml.eot_token_id": 5,
    "tokenizer.ggml.bos_token_id": 1})");
}

const GgufFacts kFacts = {.embedding_rows = 320};

absl::StatusOr<ModelConfig> Read(const json& metadata,
                                 const GgufFacts& facts = kFacts) {
  return ReadGgufConfig(metadata, facts, "file.gguf");
}

ModelConfig ReadOk(const json& metadata, const GgufFacts& facts = kFacts) {
  const auto config = Read(metadata, facts);
  EXPECT_TRUE(config.ok()) << config.status();
  return config.value_or(ModelConfig());
}

void ExpectError(const char* field, const json& value, absl::StatusCode code,
                 const std::string& message) {
  json metadata = Granite();
  metadata[field] = value;
  const auto config = Read(metadata);
  EXPECT_EQ(config.status().code(), code) << config.status();
  EXPECT_THAT(std::string(config.status().message()), HasSubstr(message));
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("file.gguf"));
}

TEST(GgufConfig, TellsGraniteWithAndWithoutASharedPart) {
  json metadata = Granite();
  EXPECT_EQ(ReadOk(metadata).family, "granitemoe");
  metadata["granitemoe.expert_shared_feed_forward_length"] = 0;
  EXPECT_EQ(ReadOk(metadata).family, "granitemoe");
  metadata["granitemoe.expert_shared_feed_forward_length"] = 40;
  EXPECT_EQ(ReadOk(metadata).family, "granitemoeshared");
  EXPECT_EQ(ReadOk(metadata).shared_width, 40);
}

TEST(GgufConfig, UsesLlamaCppsDefaults) {
  const ModelConfig config = ReadOk(Granite());
  EXPECT_EQ(config.attention_scale, 0.25);
  EXPECT_EQ(config.embedding_multiplier, 1.0);
  EXPECT_EQ(config.rope_theta, 10000.0);
  EXPECT_EQ(config.vocab_size, 320);
  EXPECT_TRUE(config.tie_word_embeddings);
  EXPECT_THAT(config.eos_token_ids, ElementsAre(2, 5));
  GgufFacts facts = kFacts;
  facts.has_output_tensor = true;
  EXPECT_FALSE(ReadOk(Granite(), facts).tie_word_embeddings);
}

TEST(GgufConfig, ReadsLlamaWithExpertsAsMixtral) {
  json metadata = json::object();
  const json granite = Granite();
  for (const auto& [key, value] : granite.items()) {
    const bool own = key.starts_with("granitemoe.");
    metadata[own ? "llama." + key.substr(11) : key] = value;
  }
  metadata["general.architecture"] = "llama";
  const ModelConfig config = ReadOk(metadata);
  EXPECT_EQ(config.family, "mixtral");
  EXPECT_EQ(config.routing.kind, RoutingKind::kSoftmaxTopK);
  metadata.erase("llama.expert_count");
  const auto dense = Read(metadata);
  EXPECT_EQ(dense.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(dense.status().message()), HasSubstr("with experts"));
}

TEST(GgufConfig, ListsTheKnownArchitectures) {
  ExpectError("general.architecture", "falcon",
              absl::StatusCode::kUnimplemented,
              "\"falcon\" is not supported; known: llama, granitemoe");
  ExpectError("general.architecture", nullptr,
              absl::StatusCode::kInvalidArgument, "one of llama, granitemoe");
}

TEST(GgufConfig, NamesWrongFields) {
  const auto wrong = absl::StatusCode::kInvalidArgument;
  ExpectError("granitemoe.block_count", "x", wrong, "'granitemoe.block_count'");
  ExpectError("granitemoe.attention.head_count_kv", json::array({2, 2, 1}),
              wrong, "'granitemoe.attention.head_count_kv'");
  ExpectError("granitemoe.attention.head_count_kv", 3, wrong, "a divisor of");
  ExpectError("granitemoe.expert_used_count", 9, wrong,
              "at most expert_count (8)");
  ExpectError("granitemoe.expert_shared_feed_forward_length", "x", wrong,
              "'granitemoe.expert_shared_feed_forward_length'");
  ExpectError("granitemoe.vocab_size", 0, wrong, "'granitemoe.vocab_size'");
  ExpectError("tokenizer.ggml.eos_token_id", 320, wrong,
              "'tokenizer.ggml.eos_token_id'");
}

TEST(GgufConfig, RefusesUnsupportedFeaturesByName) {
  const auto unsupported = absl::StatusCode::kUnimplemented;
  ExpectError("granitemoe.rope.dimension_count", 8, unsupported,
              "'granitemoe.rope.dimension_count'");
  ExpectError("granitemoe.attention.value_length", 32, unsupported,
              "'granitemoe.attention.value_length'");
  ExpectError("granitemoe.expert_gating_func", 2, unsupported, "1 (softmax)");
}

TEST(GgufConfig, RefusesFieldsThatChangeTheArithmetic) {
  const auto unsupported = absl::StatusCode::kUnimplemented;
  const std::pair<const char*, json> fields[] = {
      {"attn_logit_softcapping", 50.0},
      {"final_logit_softcapping", 30.0},
      {"attention.causal", false},
      {"attention.max_alibi_bias", 8.0},
      {"attention.sliding_window", 128},
      {"attention.sliding_window_pattern", json::array({true, false, true})},
      {"attention.temperature_scale", 0.1},
      {"attention.key_length_swa", 8},
      {"expert_weights_scale", 2.5},
      {"expert_weights_norm", false},
      {"expert_group_count", 4},
      {"expert_shared_count", 1},
      {"leading_dense_block_count", 1},
      {"interleave_moe_layer_step", 2},
      {"rope.dimension_sections", json::array({1, 2, 3, 0})},
      {"rope.freq_base_swa", 5000.0},
      {"rope.scale_linear", 4.0},
      {"rope.scaling.factor", 4.0},
      {"rope.scaling.attn_factor", 1.2},
      {"rope.scaling.yarn_ext_factor", 0.5},
      {"rope.scaling.finetuned", false},
      {"swiglu_clamp_exp", json::array({7.0, 7.0, 7.0})},
      {"use_parallel_residual", true},
  };
  for (const auto& [field, value] : fields) {
    const std::string name = std::string("granitemoe.") + field;
    ExpectError(name.c_str(), value, unsupported, "'" + name + "'");
  }
}

TEST(GgufConfig, TakesFieldsThatChangeNothing) {
  json metadata = Granite();
  const ModelConfig usual = ReadOk(metadata);
  const std::pair<const char*, json> fields[] = {
      {"attention.causal", true},          {"attention.sliding_window", 0},
      {"expert_weights_scale", 1.0},       {"expert_weights_norm", true},
      {"expert_group_count", 1},           {"expert_group_used_count", 1},
      {"rope.freq_base_swa", 10000.0},     {"rope.scaling.factor", 1.0},
      {"rope.scaling.attn_factor", 1.0},   {"rope.scaling.finetuned", true},
      {"rope.scaling.yarn_ext_factor", 1}, {"use_parallel_residual", false},
      {"tensor_data_layout", "x"},
  };
  for (const auto& [field, value] : fields) {
    metadata[std::string("granitemoe.") + field] = value;
  }
  EXPECT_EQ(ReadOk(metadata), usual);
}

json WithArchitecture(const std::string& name) {
  json metadata = json::object();
  const json granite = Granite();
  for (const auto& [key, value] : granite.items()) {
    const bool own = key.starts_with("granitemoe.");
    metadata[own ? name + "." + key.substr(11) : key] = value;
  }
  metadata["general.architecture"] = name;
  return metadata;
}

// GLM-4.7 Flash is a deepseek2 of which nobody wrote how it scores.
TEST(GgufConfig, TellsDeepSeeksByScoresOrCorrection) {
  json metadata = WithArchitecture("deepseek2");
  metadata["deepseek2.attention.kv_lora_rank"] = 16;
  metadata["deepseek2.rope.dimension_count"] = 8;
  metadata["deepseek2.attention.key_length_mla"] = 24;
  metadata["deepseek2.attention.value_length_mla"] = 16;
  EXPECT_EQ(ReadOk(metadata).family, "deepseek_v2");
  GgufFacts corrected = kFacts;
  corrected.has_router_correction = true;
  EXPECT_EQ(ReadOk(metadata, corrected).family, "deepseek_v3");
  metadata["deepseek2.expert_gating_func"] = 1;
  EXPECT_EQ(ReadOk(metadata, corrected).family, "deepseek_v2");
  metadata["deepseek2.expert_gating_func"] = 2;
  EXPECT_EQ(ReadOk(metadata).family, "deepseek_v3");
}

TEST(GgufConfig, ReadsWhichLayersHaveTheWindow) {
  json metadata = WithArchitecture("gpt-oss");
  EXPECT_TRUE(ReadOk(metadata).layer_configs.empty());
  metadata["gpt-oss.attention.sliding_window"] = 4;
  const auto windows = [&] {
    const ModelConfig config = ReadOk(metadata);
    std::string text;
    for (std::int64_t l = 0; l < config.layers; ++l) {
      text += config.Layer(l).windowed ? 'w' : '-';
    }
    return text;
  };
  EXPECT_EQ(windows(), "w-w");
  metadata["gpt-oss.attention.sliding_window_pattern"] = 3;
  EXPECT_EQ(windows(), "ww-");
  metadata["gpt-oss.attention.sliding_window_pattern"] = {false, true, true};
  EXPECT_EQ(windows(), "-ww");
  metadata["gpt-oss.attention.sliding_window_pattern"] = {false, true};
  EXPECT_EQ(Read(metadata).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(GgufConfig, ReadsRotaryFactors) {
  GgufFacts facts = kFacts;
  facts.rope_factors.all = {1, 1, 1, 2, 2, 4, 8, 8};
  const RopeScaling scaling = ReadOk(Granite(), facts).rope_scaling;
  EXPECT_EQ(scaling.type, RopeType::kLongRope);
  EXPECT_EQ(scaling.short_factors, scaling.long_factors);
  EXPECT_EQ(scaling.long_factors.back(), 8);
  EXPECT_EQ(scaling.attention_factor, 1);
  facts.rope_factors.all.pop_back();
  const auto few = Read(Granite(), facts);
  EXPECT_EQ(few.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(few.status().message()),
              HasSubstr("file.gguf: expected 8 longrope factors"));
}

TEST(GgufConfig, WantsLongAndShortFactors) {
  json metadata = WithArchitecture("phimoe");
  metadata["phimoe.expert_used_count"] = 2;
  metadata["phimoe.rope.scaling.original_context_length"] = 64;
  metadata["phimoe.rope.scaling.attn_factor"] = 1.25;
  metadata["phimoe.attention.sliding_window"] = 0;
  GgufFacts facts = kFacts;
  facts.rope_factors.long_ones.assign(8, 4.0f);
  const auto half = Read(metadata, facts);
  EXPECT_EQ(half.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(half.status().message()),
              HasSubstr("rope_factors_short.weight is missing"));
  facts.rope_factors.short_ones.assign(8, 1.5f);
  const ModelConfig config = ReadOk(metadata, facts);
  EXPECT_FALSE(config.sliding_window.has_value());
  EXPECT_EQ(config.rope_scaling.original_max_positions, 64);
  EXPECT_EQ(config.rope_scaling.attention_factor, 1.25);
  EXPECT_EQ(config.rope_scaling.long_attention_factor, 1.25);
  metadata["phimoe.rope.scaling.type"] = "yarn";
  EXPECT_EQ(Read(metadata, facts).status().code(),
            absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace spacemoe
