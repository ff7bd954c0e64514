#include "models/config/rope_reader.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

absl::StatusOr<ModelConfig> ReadFields(const json& fields) {
  ModelConfig config;
  config.max_positions = 4096;
  const absl::Status status =
      ReadHuggingFaceRope(FieldReader(fields, "file"), config);
  if (!status.ok()) return status;
  return config;
}

absl::StatusOr<ModelConfig> Read(const json& scaling) {
  return ReadFields({{"rope_scaling", scaling}});
}

absl::StatusOr<ModelConfig> ReadGguf(const json& fields,
                                     const GgufRopeFactors& factors = {}) {
  ModelConfig config;
  config.max_positions = 4096;
  const absl::Status status = ReadGgufRope(
      FieldReader(fields, "file", "llama.", true), factors, config);
  if (!status.ok()) return status;
  return config;
}

void ExpectError(const absl::StatusOr<ModelConfig>& result,
                 absl::StatusCode code, const std::string& message) {
  EXPECT_EQ(result.status().code(), code) << result.status();
  EXPECT_THAT(std::string(result.status().message()), HasSubstr(message));
}

TEST(RopeReader, ReadsLinearByEitherName) {
  for (const char* name : {"type", "rope_type"}) {
    const auto config = Read({{name, "linear"}, {"factor", 2.0}});
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->rope_scaling.type, RopeType::kLinear);
    EXPECT_EQ(config->rope_scaling.factor, 2.0);
  }
}

TEST(RopeReader, ReadsLlama3) {
  json scaling = {{"rope_type", "llama3"},
                  {"factor", 8.0},
                  {"low_freq_factor", 1.0},
                  {"high_freq_factor", 4.0},
                  {"original_max_position_embeddings", 32}};
  const auto config = Read(scaling);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->rope_scaling.type, RopeType::kLlama3);
  EXPECT_EQ(config->rope_scaling.original_max_positions, 32);
  scaling["high_freq_factor"] = 1.0;  // as Llama 4 has it
  EXPECT_TRUE(Read(scaling).ok());
  scaling["high_freq_factor"] = 0.5;
  ExpectError(Read(scaling), absl::StatusCode::kInvalidArgument,
              "'rope_scaling.high_freq_factor': expected at least");
  scaling.erase("low_freq_factor");
  ExpectError(Read(scaling), absl::StatusCode::kInvalidArgument,
              "'rope_scaling.low_freq_factor'");
}

TEST(RopeReader, ReadsYarn) {
  const auto config = Read({{"rope_type", "yarn"},
                            {"factor", 4.0},
                            {"beta_fast", 16},
                            {"beta_slow", 0},
                            {"truncate", false},
                            {"mscale", 1.0},
                            {"mscale_all_dim", 0}});
  ASSERT_TRUE(config.ok()) << config.status();
  const RopeScaling& scaling = config->rope_scaling;
  EXPECT_EQ(scaling.original_max_positions, 4096);
  EXPECT_EQ(scaling.beta_fast, 16.0);
  EXPECT_EQ(scaling.beta_slow, 1.0);
  EXPECT_FALSE(scaling.truncate);
  EXPECT_EQ(scaling.mscale, 1.0);
  EXPECT_FALSE(scaling.mscale_all_dim.has_value());
  EXPECT_FALSE(scaling.attention_factor.has_value());
}

TEST(RopeReader, NamesATypeThatIsNotKnown) {
  ExpectError(Read({{"rope_type", "mrope"}, {"factor", 2.0}}),
              absl::StatusCode::kUnimplemented,
              "'rope_scaling.rope_type': \"mrope\" is not supported; known: "
              "default, linear, dynamic, llama3, yarn, longrope");
  ExpectError(Read({{"type", "su"}}), absl::StatusCode::kUnimplemented,
              "'rope_scaling.type'");
  ExpectError(Read({{"full_attention", {{"rope_type", "default"}}}}),
              absl::StatusCode::kUnimplemented,
              "'rope_scaling.full_attention'");
}

TEST(RopeReader, LetsDynamicScalingStretchTheContext) {
  const auto config = Read({{"type", "dynamic"}, {"factor", 2.5}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->rope_scaling.type, RopeType::kDynamic);
  EXPECT_EQ(config->rope_scaling.original_max_positions, 4096);
  EXPECT_EQ(config->max_positions, 10240);
}

TEST(RopeReader, ReadsLongRope) {
  json scaling = {{"type", "longrope"},
                  {"short_factor", {1.0, 1.5}},
                  {"long_factor", {2.0, 4}},
                  {"original_max_position_embeddings", 1024}};
  const auto config = Read(scaling);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->rope_scaling.long_factors, (std::vector<double>{2, 4}));
  EXPECT_NEAR(*config->rope_scaling.attention_factor,
              std::sqrt(1 + std::log(4.0) / std::log(1024.0)), 1e-12);
  scaling["long_factor"] = {2.0, "x"};
  ExpectError(Read(scaling), absl::StatusCode::kInvalidArgument,
              "'rope_scaling.long_factor': expected a list of numbers");
}

TEST(RopeReader, ReadsEachTypeInTheSpellingOfTransformersFive) {
  const json types[] = {{{"rope_type", "linear"}, {"factor", 2.0}},
                        {{"rope_type", "llama3"},
                         {"factor", 8.0},
                         {"low_freq_factor", 1.0},
                         {"high_freq_factor", 4.0},
                         {"original_max_position_embeddings", 32}},
                        {{"rope_type", "yarn"}, {"factor", 4.0}}};
  for (json scaling : types) {
    const auto old =
        ReadFields({{"rope_theta", 5000.0}, {"rope_scaling", scaling}});
    scaling["rope_theta"] = 5000.0;
    const auto config = ReadFields({{"rope_parameters", scaling}});
    ASSERT_TRUE(config.ok()) << config.status();
    ASSERT_TRUE(old.ok()) << old.status();
    EXPECT_EQ(config->rope_theta, 5000.0);
    EXPECT_EQ(config->rope_scaling, old->rope_scaling);
  }
  ExpectError(ReadFields({{"rope_parameters", {{"rope_type", "mrope"}}}}),
              absl::StatusCode::kUnimplemented,
              "'rope_parameters.rope_type': \"mrope\" is not supported");
}

TEST(RopeReader, WantsBothSpellingsToAgree) {
  const json linear = {{"rope_type", "linear"}, {"factor", 2.0}};
  json other = linear;
  EXPECT_TRUE(
      ReadFields({{"rope_scaling", linear}, {"rope_parameters", other}}).ok());
  other["factor"] = 4.0;
  ExpectError(
      ReadFields({{"rope_scaling", linear}, {"rope_parameters", other}}),
      absl::StatusCode::kInvalidArgument, "the same as rope_scaling");
  ExpectError(ReadFields({{"rope_theta", 1e4},
                          {"rope_parameters", {{"rope_theta", 1e6}}}}),
              absl::StatusCode::kInvalidArgument,
              "'rope_parameters.rope_theta'");
}

// Where transformers 5 looks for it.
TEST(RopeReader, FindsTheTrainedContextInSomePlaces) {
  json scaling = {{"rope_type", "llama3"},
                  {"factor", 8.0},
                  {"low_freq_factor", 1.0},
                  {"high_freq_factor", 4.0}};
  EXPECT_EQ(Read(scaling)->rope_scaling.original_max_positions, 4096);
  json fields = {{"rope_scaling", scaling},
                 {"original_max_position_embeddings", 1024}};
  EXPECT_EQ(ReadFields(fields)->rope_scaling.original_max_positions, 1024);
  fields["rope_scaling"]["original_max_position_embeddings"] = 1024;
  EXPECT_TRUE(ReadFields(fields).ok());
  fields["rope_scaling"]["original_max_position_embeddings"] = 512;
  ExpectError(ReadFields(fields), absl::StatusCode::kInvalidArgument,
              "'rope_scaling.original_max_position_embeddings': expected the "
              "field original_max_position_embeddings's 1024, found 512");
}

TEST(RopeReader, WantsAFactor) {
  ExpectError(Read({{"type", "linear"}}), absl::StatusCode::kInvalidArgument,
              "'rope_scaling.factor'");
  ExpectError(Read({{"type", "linear"}, {"factor", -1}}),
              absl::StatusCode::kInvalidArgument, "found -1");
}

TEST(RopeReader, WritesWhatItReads) {
  const json yarn = {{"rope_type", "yarn"},
                     {"factor", 4.0},
                     {"attention_factor", 1.5},
                     {"truncate", false},
                     {"mscale", 1.0},
                     {"mscale_all_dim", 0.5},
                     {"original_max_position_embeddings", 1024}};
  for (const json& scaling :
       {yarn, json{{"type", "linear"}, {"factor", 2.0}}}) {
    const auto config = Read(scaling);
    ASSERT_TRUE(config.ok()) << config.status();
    json written;
    WriteHuggingFaceRope(*config, written);
    const auto again = Read(written["rope_scaling"]);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->rope_scaling, config->rope_scaling);
  }
}

TEST(RopeReader, ReadsGguf) {
  const auto plain = ReadGguf({{"llama.rope.freq_base", 5e5}});
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->rope_theta, 5e5);
  EXPECT_EQ(ReadGguf(json::object())->rope_theta, 1e4);
  const auto yarn =
      ReadGguf({{"llama.rope.scaling.type", "yarn"},
                {"llama.rope.scaling.factor", 4.0},
                {"llama.rope.scaling.original_context_length", 1024}});
  ASSERT_TRUE(yarn.ok()) << yarn.status();
  EXPECT_EQ(yarn->rope_scaling.type, RopeType::kYarn);
  EXPECT_EQ(yarn->rope_scaling.original_max_positions, 1024);
  ExpectError(ReadGguf({{"llama.rope.scaling.type", "longrope"}}),
              absl::StatusCode::kUnimplemented, "'llama.rope.scaling.type'");
}

TEST(RopeReader, CountsLongRopesFactors) {
  ModelConfig config;
  config.head_dim = 8;
  config.rope_scaling.type = RopeType::kLongRope;
  config.rope_scaling.short_factors.assign(4, 1);
  config.rope_scaling.long_factors.assign(4, 2);
  const json none = json::object();
  const FieldReader fields(none, "file");
  EXPECT_TRUE(CheckRopeFactors(fields, config).ok());
  config.rope_scaling.long_factors.pop_back();
  const absl::Status status = CheckRopeFactors(fields, config);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("file: expected 4 longrope factors, one for each two "
                        "of the 8 rotated values of a head, found 3"));
}

}  // namespace
}  // namespace spacemoe
