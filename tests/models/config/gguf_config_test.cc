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
  GgufFacts facts = kFacts;
  facts.has_rope_factors = true;
  const auto factors = Read(Granite(), facts);
  EXPECT_EQ(factors.status().code(), unsupported);
  EXPECT_THAT(std::string(factors.status().message()),
              HasSubstr("rope_freqs.weight"));
}

}  // namespace
}  // namespace spacemoe
