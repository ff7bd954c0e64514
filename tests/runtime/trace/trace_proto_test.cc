#include "runtime/trace/trace_proto.h"

#include <functional>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

TraceEvents SomeEvents() {
  TraceEvents events;
  events.steps.push_back(
      {StepKind::kExperts, 3, 1000, {{PartKind::kExpert, 7, 20}}, {{2, 5, 3}}});
  events.flights.push_back({.kind = FlightKind::kOutput,
                            .layer = 4,
                            .source = 17,
                            .expert = 7,
                            .departure_ns = 1020,
                            .due_ns = 1030,
                            .arrival_ns = 1035,
                            .propagation_ns = 4,
                            .processing_ns = 3,
                            .serialization_ns = 2,
                            .queueing_ns = 1,
                            .hops = 2,
                            .bytes = 99,
                            .rows = {{2, 5, 3}, {4, 1, 1}}});
  events.tokens.push_back({2, 8, 42, 2000, 900, {1, 2, 3, 4, 5, 6}});
  return events;
}

TEST(TraceProto, GoesThereAndBack) {
  const TraceEvents events = SomeEvents();
  const auto back = FromProto(ToProto(events));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->steps, events.steps);
  EXPECT_EQ(back->flights, events.flights);
  EXPECT_EQ(back->tokens, events.tokens);
}

TEST(TraceProto, RefusesWhatMakesNoSense) {
  const std::vector<
      std::pair<std::function<void(v1::TraceBatch*)>, std::string>>
      cases = {
          {[](auto* b) { b->mutable_steps(0)->clear_kind(); }, "kind 0"},
          {[](auto* b) {
             b->mutable_steps(0)->set_kind(static_cast<v1::TraceStepKind>(9));
           },
           "kind 9"},
          {[](auto* b) { b->mutable_steps(0)->set_start_ns(-1); }, "start"},
          {[](auto* b) {
             b->mutable_steps(0)->mutable_parts(0)->set_duration_ns(-1);
           },
           "duration"},
          {[](auto* b) {
             for (int i = 0; i < 400; ++i) {
               auto* part = b->mutable_steps(0)->add_parts();
               part->set_kind(v1::TRACE_PART_KIND_EXPERT);
               part->set_duration_ns(int64_t{1} << 54);
             }
           },
           "end"},
          {[](auto* b) {
             b->mutable_steps(0)->mutable_rows(0)->set_more(0xffffffff);
           },
           "beyond"},
          {[](auto* b) { b->mutable_flights(0)->set_late_ns(-1); }, "lateness"},
          {[](auto* b) {
             b->mutable_flights(0)->set_queueing_ns(
                 std::numeric_limits<int64_t>::max());
           },
           "queueing"},
          {[](auto* b) { b->mutable_tokens(0)->set_lap_ns(2001); },
           "beginning"},
      };
  for (const auto& [spoil, expected] : cases) {
    v1::TraceBatch batch = ToProto(SomeEvents());
    spoil(&batch);
    const auto read = FromProto(batch);
    EXPECT_TRUE(absl::IsInvalidArgument(read.status())) << expected;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(expected));
  }
}

}  // namespace
}  // namespace spacemoe
