#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/config/config_reader.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

json Mixtral() {
  return json::parse(R"({
    "model_type": "mixtral", "vocab_size": 320, "hidden_size": 64,
    "intermediate_size": 16, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512,
    "num_local_experts": 8, "num_experts_per_tok": 2, "rms_norm_eps": 0.01,
    "rope_theta": 5000.0, "hidden_act": "silu", "eos_token_id": 2,
    "bos_token_id": 1, "torch_dtype": "bfloat16"})");
}

json Granite() {
  json config = Mixtral();
  config["model_type"] = "granitemoeshared";
  config["shared_intermediate_size"] = 40;
  return config;
}

absl::StatusOr<ModelConfig> Read(const json& config,
                                 const std::string& generation = "") {
  return ReadHuggingFaceConfig(config.dump(), generation, "folder");
}

ModelConfig ReadOk(const json& config, const std::string& generation = "") {
  const auto result = Read(config, generation);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(ModelConfig());
}

void ExpectError(const json& config, absl::StatusCode code,
                 const std::string& message) {
  const auto result = Read(config);
  EXPECT_EQ(result.status().code(), code) << result.status();
  EXPECT_THAT(std::string(result.status().message()), HasSubstr(message));
  EXPECT_THAT(std::string(result.status().message()),
              HasSubstr("folder/config.json"));
}

json With(json config, const char* field, const json& value) {
  config[field] = value;
  return config;
}

void ExpectWrong(const char* field, const json& value,
                 const std::string& message) {
  ExpectError(With(Mixtral(), field, value), absl::StatusCode::kInvalidArgument,
              message);
}

void ExpectUnsupported(const char* field, const json& value,
                       const std::string& message) {
  ExpectError(With(Mixtral(), field, value), absl::StatusCode::kUnimplemented,
              message);
}

TEST(HuggingFaceConfig, ReadsMixtral) {
  const ModelConfig config = ReadOk(Mixtral());
  EXPECT_EQ(config.family, "mixtral");
  EXPECT_EQ(config.routing.kind, RoutingKind::kSoftmaxTopK);
  EXPECT_TRUE(config.routing.renormalise);
  EXPECT_EQ(config.head_dim, 16);
  EXPECT_EQ(config.attention_scale, 0.25);
  EXPECT_EQ(config.expert_width, 16);
  EXPECT_EQ(config.shared_width, 0);
  EXPECT_EQ(config.rope_theta, 5000.0);
  EXPECT_EQ(config.stored_dtype, "bfloat16");
  EXPECT_FALSE(config.sliding_window.has_value());
  EXPECT_FALSE(config.tie_word_embeddings);
  EXPECT_THAT(config.eos_token_ids, ElementsAre(2));
  EXPECT_EQ(ReadOk(With(Mixtral(), "sliding_window", 8)).sliding_window, 8);
}

TEST(HuggingFaceConfig, ReadsGraniteMultipliers) {
  json granite = Granite();
  EXPECT_EQ(ReadOk(granite).attention_scale, 1.0);  // transformers' default
  granite["attention_multiplier"] = 0.11;
  granite["embedding_multiplier"] = 2.5;
  granite["residual_multiplier"] = 0.62;
  granite["logits_scaling"] = 1.3;
  granite["attention_bias"] = true;
  const ModelConfig config = ReadOk(granite);
  EXPECT_EQ(config.routing.kind, RoutingKind::kTopKSoftmax);
  EXPECT_EQ(config.attention_scale, 0.11);
  EXPECT_EQ(config.embedding_multiplier, 2.5);
  EXPECT_EQ(config.residual_multiplier, 0.62);
  EXPECT_EQ(config.logits_scaling, 1.3);
  EXPECT_EQ(config.shared_width, 40);
  EXPECT_TRUE(config.attention_bias);
  EXPECT_TRUE(config.output_bias);
}

TEST(HuggingFaceConfig, UsesTheDefaultsOfTheFamily) {
  json mixtral = Mixtral();
  mixtral.erase("rms_norm_eps");
  mixtral.erase("rope_theta");
  EXPECT_EQ(ReadOk(mixtral).rms_norm_eps, 1e-5);
  EXPECT_EQ(ReadOk(mixtral).rope_theta, 1e6);
  json granite = Granite();
  granite.erase("rms_norm_eps");
  granite.erase("rope_theta");
  EXPECT_EQ(ReadOk(granite).rms_norm_eps, 1e-6);
  EXPECT_EQ(ReadOk(granite).rope_theta, 1e4);
}

TEST(HuggingFaceConfig, ReadsTheFieldsOfTransformersFive) {
  json config = Mixtral();
  config.erase("rope_theta");
  config.erase("torch_dtype");
  config["dtype"] = "float16";
  config["head_dim"] = 24;
  config["rope_parameters"] = {{"rope_theta", 50000.0},
                               {"rope_type", "default"}};
  const ModelConfig read = ReadOk(config);
  EXPECT_EQ(read.rope_theta, 50000.0);
  EXPECT_EQ(read.rope_scaling.type, RopeType::kNone);
  EXPECT_EQ(read.stored_dtype, "float16");
  EXPECT_EQ(read.head_dim, 24);
}

TEST(HuggingFaceConfig, LetsTheGenerationConfigWin) {
  EXPECT_THAT(ReadOk(Mixtral(), R"({"eos_token_id": [5, 7]})").eos_token_ids,
              ElementsAre(5, 7));
  EXPECT_THAT(ReadOk(Mixtral(), "{}").eos_token_ids, ElementsAre(2));
  json none = Mixtral();
  none["eos_token_id"] = nullptr;
  EXPECT_THAT(ReadOk(none).eos_token_ids, IsEmpty());
  const auto wrong = Read(Mixtral(), R"({"eos_token_id": 320})");
  EXPECT_THAT(std::string(wrong.status().message()),
              HasSubstr("generation_config.json: field 'eos_token_id'"));
}

TEST(HuggingFaceConfig, ReadsBackWhatItWrites) {
  json config = Granite();
  config["attention_multiplier"] = 0.11;
  config["head_dim"] = 24;
  config["eos_token_id"] = {3, 4};
  config["rope_scaling"] = {{"rope_type", "llama3"},
                            {"factor", 8.0},
                            {"low_freq_factor", 1.0},
                            {"high_freq_factor", 4.0},
                            {"original_max_position_embeddings", 32}};
  const ModelConfig first = ReadOk(config);
  const auto second = ReadHuggingFaceConfig(WriteHuggingFaceConfig(first),
                                            WriteGenerationConfig(first), "b");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*second, first);
}

TEST(HuggingFaceConfig, NamesFieldExpectationAndFinding) {
  ExpectWrong("hidden_size", "big",
              "field 'hidden_size': expected a whole number from 1 to 1048576, "
              "found \"big\"");
  ExpectWrong("hidden_size", nullptr, "found nothing");
  ExpectWrong("hidden_size", -64, "found -64");
  ExpectWrong("hidden_size", 64.5, "found 64.5");
  ExpectWrong("num_hidden_layers", 0, "'num_hidden_layers'");
  ExpectWrong("vocab_size", 1ull << 40, "'vocab_size'");
  ExpectWrong("rms_norm_eps", 0, "a number greater than 0, found 0");
  ExpectWrong("rms_norm_eps", "1e-5", "'rms_norm_eps'");
  ExpectWrong("tie_word_embeddings", 1, "true or false, found 1");
  ExpectWrong("rope_scaling", "linear", "an object or null");
  ExpectWrong("eos_token_id", {1, "x"}, "token ids from 0 to 319");
  ExpectWrong("sliding_window", 0, "'sliding_window'");
  ExpectWrong("torch_dtype", 32, "a string");
  ExpectWrong("model_type", nullptr, "one of mixtral");
  ExpectWrong("hidden_size", json::array({json::array()}), "found [[]]");
}

TEST(HuggingFaceConfig, NamesContradictions) {
  ExpectWrong("num_key_value_heads", 3,
              "a divisor of num_attention_heads (4), found 3");
  ExpectWrong("num_experts_per_tok", 9,
              "at most num_local_experts (8), found 9");
  ExpectWrong("head_dim", 15, "even");
  ExpectWrong("hidden_size", 66, "'num_attention_heads': expected a divisor");
  json both = Mixtral();
  both["rope_parameters"] = {{"rope_theta", 1.0}};
  ExpectError(both, absl::StatusCode::kInvalidArgument,
              "'rope_parameters.rope_theta'");
}

TEST(HuggingFaceConfig, RefusesUnsupportedFeaturesByName) {
  ExpectUnsupported("hidden_act", "gelu",
                    "field 'hidden_act': \"gelu\" is not supported; known: "
                    "silu");
  ExpectUnsupported("model_type", "gpt2",
                    "known: mixtral, granitemoe, granitemoeshared");
  ExpectUnsupported("quantization_config", {{"quant_method", "awq"}},
                    "'quantization_config.quant_method': \"awq\" is not "
                    "supported");
  ExpectUnsupported("partial_rotary_factor", 0.5, "'partial_rotary_factor'");
}

TEST(HuggingFaceConfig, RefusesWhatIsNotAnObject) {
  for (const char* text : {"", "[]", "3", "{", "nul", "{\"a\":1}x"}) {
    EXPECT_EQ(ReadHuggingFaceConfig(text, "", "folder").status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
  const auto twice = ReadHuggingFaceConfig(R"({"a": 1, "a": 2})", "", "folder");
  EXPECT_THAT(std::string(twice.status().message()),
              HasSubstr("'a' occurs twice"));
}

}  // namespace
}  // namespace spacemoe
