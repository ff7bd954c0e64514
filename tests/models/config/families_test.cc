// What the families' readers make of fields beyond those of the fixtures, and
// what they refuse.
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/config/config_reader.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json FixtureConfig(const std::string& name) {
  std::ifstream file(std::string(SPACEMOE_TESTDATA) + "/models/" + name +
                     "/config.json");
  return json::parse(file);
}

absl::StatusOr<ModelConfig> Read(const json& config) {
  return ReadHuggingFaceConfig(config.dump(), "", "folder");
}

absl::StatusOr<ModelConfig> ReadWith(const std::string& name,
                                     const json& changes) {
  json config = FixtureConfig(name);
  config.update(changes);
  return Read(config);
}

struct Refusal {
  const char* fixture;
  json changes;
  absl::StatusCode code;
  const char* message;
};

void ExpectRefused(const Refusal& refusal) {
  const auto config = ReadWith(refusal.fixture, refusal.changes);
  EXPECT_EQ(config.status().code(), refusal.code) << refusal.message;
  EXPECT_THAT(std::string(config.status().message()),
              HasSubstr(refusal.message));
}

TEST(FamilyConfigs, NameWhatTheyDoNotSupport) {
  constexpr auto kUnsupported = absl::StatusCode::kUnimplemented;
  for (const Refusal& refusal : {
           Refusal{"phimoe",
                   {{"num_experts_per_tok", 3}},
                   kUnsupported,
                   "'num_experts_per_tok': 3 is not supported"},
           Refusal{"deepseek_v2",
                   {{"topk_method", "noaux_tc"}},
                   kUnsupported,
                   "'topk_method': \"noaux_tc\" is not supported; known: "
                   "greedy, group_limited_greedy"},
           Refusal{"deepseek_v3",
                   {{"scoring_func", "softmax"}},
                   kUnsupported,
                   "'scoring_func'"},
           Refusal{"dots1",
                   {{"moe_layer_freq", 2}},
                   kUnsupported,
                   "'moe_layer_freq'"},
           Refusal{"hunyuan_v1_moe",
                   {{"use_cla", true}},
                   kUnsupported,
                   "'use_cla': true is not supported; known: false"},
           Refusal{"minimax_m2",
                   {{"shared_intermediate_size", 8}},
                   kUnsupported,
                   "'shared_intermediate_size'"},
           Refusal{"gpt_oss",
                   {{"swiglu_alpha", 2.0}},
                   kUnsupported,
                   "'swiglu_alpha'"},
           Refusal{"llama_moe",
                   {{"calculator_type", "SwitchDropTokens"}},
                   kUnsupported,
                   "'calculator_type'"},
           Refusal{"qwen3_moe",
                   {{"partial_rotary_factor", 0.5}},
                   kUnsupported,
                   "'partial_rotary_factor'"},
           Refusal{"qwen3_moe",
                   {{"quantization_config", {{"quant_method", "gptq"}}}},
                   kUnsupported,
                   "'quantization_config.quant_method': \"gptq\" is not"},
       }) {
    ExpectRefused(refusal);
  }
}

TEST(FamilyConfigs, NameContradictions) {
  constexpr auto kWrong = absl::StatusCode::kInvalidArgument;
  for (const Refusal& refusal : {
           Refusal{"deepseek_v3",
                   {{"n_group", 3}},
                   kWrong,
                   "'n_group': expected a divisor of n_routed_experts (8)"},
           Refusal{"deepseek_v3",
                   {{"n_group", 8}},
                   kWrong,
                   "'n_group': expected groups of at least 2"},
           Refusal{"deepseek_v3", {{"topk_group", 1}}, kWrong, "'topk_group'"},
           Refusal{"deepseek_v3",
                   {{"num_key_value_heads", 2}},
                   kWrong,
                   "'num_key_value_heads'"},
           Refusal{"deepseek_v3",
                   {{"first_k_dense_replace", 3}},
                   kWrong,
                   "'first_k_dense_replace': expected a layer with experts"},
           Refusal{"qwen2_moe",
                   {{"mlp_only_layers", {0, 1, 2}}},
                   kWrong,
                   "'mlp_only_layers'"},
           Refusal{"gpt_oss",
                   {{"layer_types", {"full_attention"}}},
                   kWrong,
                   "'layer_types': expected a list of 4"},
           Refusal{"hunyuan_v1_moe",
                   {{"moe_topk", {1, 2}}},
                   kWrong,
                   "'moe_topk': expected a whole number or a list of 3"},
           Refusal{"llama_moe",
                   {{"size_experts", {{1, 2}}}},
                   kWrong,
                   "'size_experts': expected 3 lists of 8"},
           Refusal{"glm4_moe",
                   {{"partial_rotary_factor", 0.05}},
                   kWrong,
                   "'partial_rotary_factor': expected a part of head_dim"},
       }) {
    ExpectRefused(refusal);
  }
}

TEST(FamilyConfigs, LetLayersDiffer) {
  const auto hunyuan =
      ReadWith("hunyuan_v1_moe",
               {{"moe_topk", {1, 3, 2}}, {"num_shared_expert", {1, 2, 0}}});
  ASSERT_TRUE(hunyuan.ok()) << hunyuan.status();
  EXPECT_EQ(hunyuan->experts_per_token, 3);
  EXPECT_EQ(hunyuan->ExpertsPerToken(2), 2);
  EXPECT_EQ(hunyuan->SharedWidth(1), 40);
  EXPECT_EQ(hunyuan->SharedWidth(2), 0);
  const auto widths =
      ReadWith("hunyuan_v1_moe", {{"moe_intermediate_size", {20, 8, 20}}});
  ASSERT_TRUE(widths.ok()) << widths.status();
  EXPECT_EQ(widths->ExpertWidth(0, 5), 20);
  EXPECT_EQ(widths->ExpertWidth(1, 5), 8);
  const auto llama4 = ReadWith("llama4_text", {{"moe_layers", {0, 3}}});
  ASSERT_TRUE(llama4.ok()) << llama4.status();
  EXPECT_TRUE(llama4->IsDense(1));
  EXPECT_EQ(llama4->Experts(1), 0);
  EXPECT_EQ(llama4->FirstKey(0, 37), 32);  // chunks of 16
  EXPECT_EQ(llama4->FirstKey(3, 37), 0);   // sees all
}

TEST(FamilyConfigs, FindTheLanguageModelOfLlama4) {
  const json inner = FixtureConfig("llama4_text");
  const auto expected = Read(inner);
  const auto outer = Read({{"model_type", "llama4"},
                           {"text_config", inner},
                           {"vision_config", json::object()}});
  ASSERT_TRUE(expected.ok() && outer.ok()) << outer.status();
  EXPECT_EQ(*outer, *expected);
  const auto without = Read({{"model_type", "llama4"}});
  EXPECT_THAT(std::string(without.status().message()),
              HasSubstr("'text_config'"));
}

}  // namespace
}  // namespace spacemoe
