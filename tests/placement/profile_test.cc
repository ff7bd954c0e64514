#include "placement/profile.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "placement/counter_rng.h"
#include "tests/placement/shells.h"
#include "tests/placement/status_check.h"

namespace spacemoe {
namespace {

ActivationProfile Full() {
  ActivationProfile profile = UniformProfile("mixtral", 3, 2, 1);
  profile.tokens = 10;
  profile.activation = {{0.25, 0.75}, {}, {0.5, 0.5}};
  profile.coactivation = {{{0.25, 0}, {0, 0.75}}, {}, {{0.5, 0}, {0, 0.5}}};
  profile.transitions = {{}, {}};
  return profile;
}

constexpr char kText[] =
    R"({"format": "spacemoe-activation-profile", "version": 1,
"model": {"family": "mixtral", "layers": 2, "experts": 2, "top_k": 1},
"tokens": 4, "activation": [[0.25, 0.75], [0.5, 0.5]]})";

void ExpectRefused(const std::string& from, const std::string& to,
                   const std::string& message) {
  SCOPED_TRACE(from + " -> " + to);
  std::string text = kText;
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos);
  ExpectInvalid(
      ParseProfile(text.replace(at, from.size(), to), "p.json").status(),
      message);
}

TEST(Profile, ReadsItsFormat) {
  const auto profile = ParseProfile(kText, "p.json");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->family, "mixtral");
  EXPECT_EQ(profile->tokens, 4);
  EXPECT_EQ(profile->activation[0][1], 0.75);
  EXPECT_TRUE(profile->coactivation.empty());
}

TEST(Profile, RoundTrips) {
  const std::string json = ProfileToJson(Full());
  const auto again = ParseProfile(json, "again");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ProfileToJson(*again), json);
  EXPECT_EQ(again->coactivation, Full().coactivation);
  EXPECT_EQ(again->activation, Full().activation);
}

TEST(Profile, RoundTripsTransitionsAndExactNumbers) {
  ActivationProfile profile = UniformProfile("m", 2, 3, 1);
  profile.activation[0] = {1.0 / 3, 1.0 / 7, 1 - 1.0 / 3 - 1.0 / 7};
  profile.transitions = {{{1, 2, 3}, {4, 5, 6}, {7, 8, int64_t{1} << 60}}};
  const auto again = ParseProfile(ProfileToJson(profile), "again");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->transitions, profile.transitions);
  EXPECT_EQ(again->activation, profile.activation);
}

TEST(Profile, SavesAndLoads) {
  const std::string path = ::testing::TempDir() + "/placement_profile.json";
  ASSERT_TRUE(SaveProfile(Full(), path).ok());
  const auto loaded = LoadProfile(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->activation, Full().activation);
  std::remove(path.c_str());
  ExpectError(LoadProfile(path).status(), absl::StatusCode::kNotFound, path);
  ActivationProfile bad = Full();
  bad.activation[0][0] = std::nan("");
  ExpectInvalid(SaveProfile(bad, path), "layer 0 expert 0");
  ExpectError(SaveProfile(Full(), "/nonexistent/p.json"),
              absl::StatusCode::kUnavailable, "/nonexistent/p.json");
}

TEST(Profile, UniformIsTopKOverExperts) {
  const ActivationProfile profile = UniformProfile("m", 3, 8, 2);
  EXPECT_TRUE(ValidateProfile(profile).ok());
  EXPECT_EQ(profile.activation.size(), 3u);
  EXPECT_DOUBLE_EQ(profile.activation[2][7], 0.25);
  EXPECT_TRUE(ValidateProfile(UniformProfile("dense", 2, 0, 0)).ok());
}

TEST(Profile, RefusesBadNumbers) {
  ExpectRefused("0.25, 0.75", "-0.25, 0.75", "layer 0 expert 0");
  ExpectRefused("0.25, 0.75", "0.25, 0.5",
                "p.json: profile: layer 0: activation probabilities add up to "
                "0.75, expected top_k = 1");
  ExpectRefused("0.25, 0.75", "0.25, NaN", "p.json: not JSON");
  ExpectRefused("0.25, 0.75", "0.25, 1e999", "p.json: not JSON");
  ExpectRefused("0.25, 0.75", "0.25, \"0.75\"",
                "p.json: activation[0][1]: expected a number, found \"0.75\"");
  ExpectRefused("\"tokens\": 4", "\"tokens\": -4", "-4 tokens");
  ExpectRefused("\"tokens\": 4", "\"tokens\": 4.5", "expected a whole number");
  ExpectRefused("\"tokens\": 4", "\"tokens\": 18446744073709551615",
                "expected a whole number");
}

TEST(Profile, RefusesWrongShapes) {
  ExpectRefused("0.25, 0.75", "0.25, 0.5, 0.25",
                "3 activation probabilities for 2 experts");
  ExpectRefused("\"layers\": 2", "\"layers\": 3",
                "activation has 2 entries, expected 3");
  ExpectRefused("\"layers\": 2", "\"layers\": -2", "found -2 layers");
  ExpectRefused("\"top_k\": 1", "\"top_k\": 3", "top_k 3 of 2 experts");
  ExpectRefused("\"tokens\": 4", "\"tokens\": 4, \"coactivation\": [[[1]]]",
                "coactivation has 1 entries, expected 2");
  ExpectRefused("\"tokens\": 4", "\"tokens\": 4, \"transitions\": [[[1]]]",
                "transitions[0] has 1 entries, expected 2");
  ExpectRefused("\"tokens\": 4",
                "\"tokens\": 4, \"transitions\": [[[1, 2], [3, -4]]]",
                "transitions[0][1] holds -4");
}

TEST(Profile, RefusesUnknownAndMissingFields) {
  ExpectRefused("\"tokens\"", "\"token\"", "p.json: unknown field 'token'");
  ExpectRefused("\"tokens\": 4,", "", "p.json: field 'tokens' is missing");
  ExpectRefused("\"top_k\": 1", "\"k\": 1", "p.json: model: unknown field 'k'");
  ExpectRefused("spacemoe-activation-profile", "other",
                "expected format spacemoe-activation-profile version 1, found "
                "other version 1");
  ExpectRefused("\"version\": 1", "\"version\": 2", "version 2");
}

TEST(Profile, SaysWhereJsonBreaks) {
  ExpectInvalid(ParseProfile("{\n\"a\": }", "p.json").status(), "line 2");
  ExpectInvalid(ParseProfile("", "p.json").status(), "p.json: not JSON");
  ExpectInvalid(ParseProfile("[1]", "p.json").status(), "expected an object");
}

TEST(Profile, SurvivesBrokenCopies) {
  const std::string text = kText;
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(ParseProfile(text.substr(0, size), "p").ok());
  }
  CounterRng rng(1);
  for (int copy = 0; copy < 3000; ++copy) {
    std::string broken = text;
    broken[rng.Below(broken.size())] = static_cast<char>(rng.Below(256));
    (void)ParseProfile(broken, "p");
  }
}

TEST(Profile, SurvivesDeepNesting) {
  const std::string deep =
      std::string(200'000, '[') + std::string(200'000, ']');
  ExpectInvalid(ParseProfile(deep, "deep").status(), "expected an object");
  ExpectRefused("\"tokens\": 4", "\"tokens\": " + deep,
                "expected a whole number, found array");
}

TEST(CheckProfileFits, NamesBothModels) {
  ModelShape model = UniformProblem(3, 2, 1).model;
  model.family = "mixtral";
  ActivationProfile profile = UniformProfile("mixtral", 3, 2, 1);
  EXPECT_TRUE(CheckProfileFits(profile, model).ok());
  model.family = "granitemoe";
  ExpectInvalid(CheckProfileFits(profile, model),
                "the profile is for mixtral with 3 layers, 2 experts, top-1; "
                "the model is granitemoe with 3 layers, 2 experts, top-1");
  model.family = "mixtral";
  model.layers.pop_back();
  ExpectInvalid(CheckProfileFits(profile, model),
                "the model is mixtral with 2 layers");
  model = UniformProblem(3, 4, 1).model;
  model.family = "mixtral";
  ExpectInvalid(CheckProfileFits(profile, model), "4 in the model");
  model = UniformProblem(3, 2, 2).model;
  model.family = "mixtral";
  ExpectInvalid(CheckProfileFits(profile, model), "layer 0 selects 2 experts");
}

}  // namespace
}  // namespace spacemoe
