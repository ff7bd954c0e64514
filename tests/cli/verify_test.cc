#include <limits>
#include <string>
#include <vector>

#include "cli/verify/compare_layers.h"
#include "cli/verify/comparison.h"
#include "cli/verify/expected_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

TEST(ErrorMeter, FindsTheLargestErrorAndWhereItIs) {
  ErrorMeter meter;
  meter.Add("a", {1, 2, 3, 4}, {1, 2, 3, 4}, 2);
  meter.Add("b", {1, 2, 3, 5}, {1, 2, 3, 4}, 2, 4);
  const Comparison result = meter.Result("logits", 0.3);
  EXPECT_EQ(result.max_error, 0.25);
  EXPECT_EQ(result.mean_error, 0.25 / 8);
  EXPECT_EQ(result.where, "b, row 1, column 1");
  EXPECT_TRUE(result.passed);
  EXPECT_FALSE(meter.Result("logits", 0.2).passed);
}

TEST(ErrorMeter, FailsOnOtherSizesAndOnWhatIsNotFinite) {
  ErrorMeter sizes;
  sizes.Add("a", {1, 2}, {1}, 1);
  EXPECT_FALSE(sizes.Result("x", 1).passed);
  EXPECT_EQ(sizes.Result("x", 1).where, "a: 2 values, expected 1");
  ErrorMeter infinite;
  infinite.Add("a", {std::numeric_limits<float>::quiet_NaN()}, {1}, 1);
  EXPECT_FALSE(infinite.Result("x", 1e30).passed);
  EXPECT_FALSE(ErrorMeter().Result("nothing compared", 1).passed);
}

TEST(MismatchMeter, NamesTheFirstDifference) {
  MismatchMeter meter;
  meter.Add("a", {1, 2, 3, 4}, {1, 2, 3, 4}, 2);
  EXPECT_TRUE(meter.Result("experts").passed);
  meter.Add("b", {1, 9, 8, 4}, {1, 2, 3, 4}, 2);
  const Comparison result = meter.Result("experts");
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.max_error, 0.25);
  EXPECT_EQ(result.where, "b, row 0, column 1: 9, expected 2");
  MismatchMeter shorter;
  shorter.Add("c", {1}, {1, 2}, 2);
  EXPECT_FALSE(shorter.Result("continuation").passed);
}

TEST(ComparisonTable, SaysWhatFailed) {
  Comparison good;
  good.name = "logits";
  Comparison bad;
  bad.name = "continuation";
  bad.passed = false;
  bad.where = "prompt0, row 0, column 3: 1, expected 2";
  const std::string table = ComparisonTable({good, bad});
  EXPECT_THAT(table, HasSubstr("logits"));
  EXPECT_THAT(table, HasSubstr("FAILED"));
  EXPECT_THAT(table, HasSubstr("column 3: 1, expected 2"));
}

TEST(ExpectedSet, ReadsAFixture) {
  const auto expected = ExpectedSet::Open(SPACEMOE_TESTDATA "/models/mixtral");
  ASSERT_TRUE(expected.ok()) << expected.status();
  ASSERT_EQ((*expected)->prompts().size(), 2u);
  EXPECT_EQ((*expected)->prompts()[0].continuation.size(), 32u);
  const auto logits = (*expected)->Floats("prompt0.logits");
  ASSERT_TRUE(logits.ok()) << logits.status();
  EXPECT_EQ(logits->size(), 7u * 320u);
  EXPECT_EQ((*expected)->Floats("prompt0.input_ids").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ((*expected)->Integers("nope").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ExpectedSet, SaysWhatIsMissing) {
  EXPECT_EQ(ExpectedSet::Open(SPACEMOE_TESTDATA).status().code(),
            absl::StatusCode::kNotFound);
}

// What the fixture expects, as if it had been observed.
Observed ObservedOf(const ExpectedSet& expected, int64_t layers) {
  Observed seen;
  for (int64_t layer = 0; layer <= layers; ++layer) {
    const auto hidden =
        expected.Floats("prompt0.hidden." + std::to_string(layer));
    if (hidden.ok()) seen.hidden[layer] = *hidden;
    const std::string router = "prompt0.router." + std::to_string(layer);
    const auto experts = expected.Integers(router + ".experts");
    if (!experts.ok()) continue;
    seen.routing[layer] = {*experts, *expected.Floats(router + ".weights")};
  }
  return seen;
}

std::vector<Comparison> CompareAll(const ExpectedSet& expected,
                                   const Observed& seen) {
  std::vector<Comparison> all;
  all.push_back(*CompareHidden(expected, 1e-4, 64, seen));
  EXPECT_TRUE(CompareRouting(expected, 1e-5, 7, seen, &all).ok());
  return all;
}

TEST(CompareLayers, PassWhatIsAsExpected) {
  const auto expected =
      ExpectedSet::Open(SPACEMOE_TESTDATA "/models/deepseek_v3");
  ASSERT_TRUE(expected.ok()) << expected.status();
  const Observed seen = ObservedOf(**expected, 3);
  ASSERT_EQ(seen.hidden.size(), 4u);
  ASSERT_EQ(seen.routing.size(), 2u);
  for (const Comparison& comparison : CompareAll(**expected, seen)) {
    EXPECT_TRUE(comparison.passed) << comparison.name;
  }
}

// A table, not an error, when the two have other layers.
TEST(CompareLayers, NameALayerThatTheExpectedSetHasNot) {
  const auto expected =
      ExpectedSet::Open(SPACEMOE_TESTDATA "/models/deepseek_v3");
  ASSERT_TRUE(expected.ok()) << expected.status();
  Observed seen = ObservedOf(**expected, 3);
  seen.hidden[4] = seen.hidden[3];
  seen.routing[3] = seen.routing[2];
  const std::vector<Comparison> all = CompareAll(**expected, seen);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_FALSE(all[0].passed || all[1].passed || all[2].passed);
  EXPECT_EQ(all[0].where, "prompt0.hidden.4 is missing in the expected set");
  EXPECT_EQ(all[1].where,
            "prompt0.router.3.experts is missing in the expected set");
  EXPECT_EQ(all[2].where,
            "prompt0.router.3.weights is missing in the expected set");
}

TEST(CompareLayers, NameALayerThatTheModelHasNot) {
  const auto expected =
      ExpectedSet::Open(SPACEMOE_TESTDATA "/models/deepseek_v3");
  ASSERT_TRUE(expected.ok()) << expected.status();
  Observed seen = ObservedOf(**expected, 3);
  seen.hidden.erase(3);
  seen.routing.erase(2);
  const std::vector<Comparison> all = CompareAll(**expected, seen);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].where, "prompt0.hidden.3 is missing in the model");
  EXPECT_EQ(all[1].where, "prompt0.router.2.experts is missing in the model");
  EXPECT_FALSE(all[0].passed || all[1].passed || all[2].passed);
}

}  // namespace
}  // namespace spacemoe
