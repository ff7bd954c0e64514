#include "cli/generate/timing.h"

#include "cli/generate/outcome_json.h"
#include "cli/generate/summary_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

TokenTime At(int64_t emitted_ms, int64_t lap_ms) {
  TokenTime time;
  time.emitted_ns = emitted_ms * 1'000'000;
  time.lap_ns = lap_ms * 1'000'000;
  time.lap.propagation_ns = time.lap_ns / 2;
  time.lap.compute_ns = time.lap_ns / 4;
  time.lap.software_ns = time.lap_ns / 4;
  return time;
}

SequenceOutcome Sequence(std::vector<TokenTime> times) {
  SequenceOutcome sequence;
  sequence.prompt_ids = {1};
  sequence.ids.assign(times.size(), 5);
  sequence.finish = FinishReason::kStop;
  sequence.times = std::move(times);
  return sequence;
}

TEST(Timing, CountsDecodeLapsOnly) {
  GenerateOutcome outcome;
  outcome.sequences = {Sequence({At(100, 50), At(140, 40), At(200, 60)}),
                       Sequence({At(150, 150)})};
  const Timing timing = TimingOf(outcome);
  EXPECT_DOUBLE_EQ(*timing.time_to_first_token_ms, 100);
  EXPECT_DOUBLE_EQ(timing.per_token_ms->mean, 50);
  EXPECT_DOUBLE_EQ(timing.per_token_ms->p50, 40);
  EXPECT_DOUBLE_EQ(timing.per_token_ms->p99, 60);
  EXPECT_DOUBLE_EQ(timing.breakdown_ms->propagation, 25);
  EXPECT_DOUBLE_EQ(timing.breakdown_ms->compute, 12.5);
  EXPECT_EQ(timing.tokens, 4);
  // From the first injection, at 0 ms, to 200 ms.
  EXPECT_DOUBLE_EQ(timing.tokens_per_second, 20);
}

TEST(Timing, HasNoLapsWithoutASecondToken) {
  GenerateOutcome outcome;
  outcome.sequences = {Sequence({At(100, 50)}), Sequence({})};
  const Timing timing = TimingOf(outcome);
  EXPECT_FALSE(timing.per_token_ms.has_value());
  EXPECT_FALSE(timing.breakdown_ms.has_value());
  EXPECT_DOUBLE_EQ(*timing.time_to_first_token_ms, 50);
}

TEST(OutcomeJson, RepeatsTheFieldsOfALoneSequence) {
  GenerateOutcome outcome;
  outcome.sequences = {Sequence({At(100, 50), At(140, 40)})};
  outcome.satellites = 8;
  outcome.constellation = "spacemoe-paper";
  outcome.strategy = "random";
  const auto json = OutcomeToJson(outcome);
  for (const char* field : {"prompt_ids", "ids", "text", "finish_reason"}) {
    EXPECT_EQ(json[field], json["sequences"][0][field]) << field;
  }
  EXPECT_EQ(json["finish_reason"], "stop");
  EXPECT_TRUE(json["text"].is_null());
  EXPECT_EQ(json["satellites"], 8);
  double sum = 0;
  for (const auto& part : json["timing"]["breakdown_ms"]) {
    sum += part.get<double>();
  }
  EXPECT_DOUBLE_EQ(sum, json["timing"]["per_token_ms"]["mean"].get<double>());
  EXPECT_EQ(json["timing"]["breakdown_ms"].size(), 6);
}

TEST(OutcomeJson, KeepsManySequencesApart) {
  GenerateOutcome outcome;
  outcome.sequences = {Sequence({At(100, 50)}), Sequence({At(100, 50)})};
  const auto json = OutcomeToJson(outcome);
  EXPECT_EQ(json["sequences"].size(), 2);
  EXPECT_FALSE(json.contains("ids"));
  EXPECT_TRUE(json["constellation"].is_null());
  EXPECT_TRUE(json["timing"]["per_token_ms"].is_null());
  EXPECT_TRUE(json["timing"]["breakdown_ms"].is_null());
}

TEST(SummaryTable, HasUnitsAndShares) {
  GenerateOutcome outcome;
  outcome.sequences = {Sequence({At(100, 50), At(140, 40)})};
  outcome.satellites = 8;
  outcome.constellation = "spacemoe-paper";
  outcome.strategy = "spacemoe";
  const std::string table = SummaryTable(outcome);
  EXPECT_THAT(table, HasSubstr("20.00 ms"));
  EXPECT_THAT(table, HasSubstr("50.0 %"));
  EXPECT_THAT(table, HasSubstr("8 (spacemoe-paper, spacemoe placement)"));
}

TEST(LinkStatisticsSince, SubtractsWhatWasBefore) {
  LinkStatistics before;
  before.Add(1000, 1000 + 50'000, 10);
  LinkStatistics after = before;
  after.Add(1000, 1000 + 1'000, 10);
  const LinkStatistics since = Since(before, after);
  EXPECT_EQ(since.messages, 1);
  EXPECT_EQ(since.bytes, 10);
  EXPECT_GE(since.max_late_us, 1);
  EXPECT_LT(since.max_late_us, 1.3);
}

}  // namespace
}  // namespace spacemoe
