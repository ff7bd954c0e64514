#include "satellite_node/core/ready_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

AssembledRow Row(uint64_t sequence, uint32_t position, bool prompt,
                 int64_t ready = 0) {
  AssembledRow row;
  row.header.sequence = sequence;
  row.header.position = position;
  row.header.prompt = prompt;
  row.ready_ns = ready;
  return row;
}

std::vector<std::pair<uint64_t, uint32_t>> Take(ReadyRows& rows,
                                                BatchLimits limits) {
  std::vector<std::pair<uint64_t, uint32_t>> taken;
  for (const AssembledRow& row : rows.Take(limits)) {
    taken.emplace_back(row.header.sequence, row.header.position);
  }
  return taken;
}

TEST(ReadyRows, RunsASequenceInTheOrderOfItsPositions) {
  ReadyRows rows;
  rows.Add(Row(1, 1, true));
  EXPECT_FALSE(rows.HasRunnable());
  rows.Add(Row(1, 0, true));
  EXPECT_TRUE(rows.HasRunnable());
  EXPECT_THAT(Take(rows, {}), ElementsAre(Pair(1, 0), Pair(1, 1)));
}

TEST(ReadyRows, TakesDecodeRowsFirstAndTheLongestWaitingFirst) {
  ReadyRows rows;
  rows.Add(Row(1, 0, true, 1));
  rows.Add(Row(2, 0, false, 9));
  rows.Add(Row(3, 0, false, 5));
  EXPECT_THAT(Take(rows, {.decode_rows = 2, .prompt_rows = 64}),
              ElementsAre(Pair(3, 0), Pair(2, 0), Pair(1, 0)));
}

TEST(ReadyRows, CutsBatchesByTheirLimits) {
  ReadyRows rows;
  for (uint64_t s = 1; s <= 4; ++s)
    rows.Add(Row(s, 0, false, static_cast<int64_t>(s)));
  for (uint32_t p = 0; p < 5; ++p) rows.Add(Row(9, p, true));
  const BatchLimits limits{.decode_rows = 2, .prompt_rows = 3};
  EXPECT_THAT(
      Take(rows, limits),
      ElementsAre(Pair(1, 0), Pair(2, 0), Pair(9, 0), Pair(9, 1), Pair(9, 2)));
  EXPECT_THAT(Take(rows, limits),
              ElementsAre(Pair(3, 0), Pair(4, 0), Pair(9, 3), Pair(9, 4)));
  EXPECT_THAT(Take(rows, limits), IsEmpty());
}

TEST(ReadyRows, IgnoresAPositionThatHasRun) {
  ReadyRows rows;
  rows.Add(Row(1, 0, false));
  Take(rows, {});
  rows.Add(Row(1, 0, false));
  EXPECT_FALSE(rows.HasRunnable());
}

TEST(DecodeRows, TakesHalfOfTheSequencesInFlight) {
  EXPECT_EQ(DecodeRows(0, /*one_batch=*/false), 1);
  EXPECT_EQ(DecodeRows(1, false), 1);
  EXPECT_EQ(DecodeRows(2, false), 1);
  EXPECT_EQ(DecodeRows(5, false), 3);
}

TEST(DecodeRows, TakesAllOfOneBatch) {
  EXPECT_EQ(DecodeRows(0, /*one_batch=*/true), 1);
  EXPECT_EQ(DecodeRows(5, true), 5);
}

}  // namespace
}  // namespace spacemoe
