#include "runtime/trace/trace_buffer.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(TraceEvent, JoinsConsecutivePositions) {
  RowRuns runs;
  for (uint32_t position : {4, 5, 6, 9}) AppendRow(1, position, &runs);
  AppendRow(2, 10, &runs);
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[0], (RowRun{1, 4, 3}));
  EXPECT_EQ(runs[1], (RowRun{1, 9, 1}));
  EXPECT_EQ(runs[2], (RowRun{2, 10, 1}));
  EXPECT_EQ(RowCount(runs), 5u);
}

TEST(TraceBuffer, TellsOnceWhenABatchIsFull) {
  int told = 0;
  TraceBuffer buffer({.batch = 3}, [&told] { ++told; });
  buffer.OnStep({});
  buffer.OnFlight({});
  EXPECT_EQ(told, 0);
  buffer.OnToken({});
  buffer.OnStep({});
  EXPECT_EQ(told, 1);
  const TraceBuffer::Taken taken = buffer.Take();
  EXPECT_EQ(taken.events.steps.size(), 2u);
  EXPECT_EQ(taken.events.flights.size(), 1u);
  EXPECT_EQ(taken.events.tokens.size(), 1u);
  EXPECT_EQ(taken.dropped, 0u);
  EXPECT_TRUE(buffer.Take().events.empty());
  for (int i = 0; i < 3; ++i) buffer.OnStep({});
  EXPECT_EQ(told, 2);
}

TEST(TraceBuffer, CountsWhatFindsNoRoom) {
  TraceBuffer buffer({.batch = 100, .waiting = 2, .run = 3}, [] {});
  for (int i = 0; i < 5; ++i) buffer.OnStep({});
  TraceBuffer::Taken taken = buffer.Take();
  EXPECT_EQ(taken.events.size(), 2u);
  EXPECT_EQ(taken.dropped, 3u);
  // One more until the run's limit.
  for (int i = 0; i < 4; ++i) buffer.OnStep({});
  taken = buffer.Take();
  EXPECT_EQ(taken.events.size(), 1u);
  EXPECT_EQ(taken.dropped, 3u);
}

TEST(TraceBuffer, ForgetsAtARestart) {
  TraceBuffer buffer({.batch = 100, .waiting = 1, .run = 1}, [] {});
  buffer.OnStep({});
  buffer.OnStep({});
  buffer.Restart();
  buffer.OnToken({});
  const TraceBuffer::Taken taken = buffer.Take();
  EXPECT_TRUE(taken.events.steps.empty());
  EXPECT_EQ(taken.events.tokens.size(), 1u);
  EXPECT_EQ(taken.dropped, 0u);
}

}  // namespace
}  // namespace spacemoe
