// The head of a ring whose sequences go round as one batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "satellite_node/core/head_station.h"
#include "tests/satellite_node/core/fake_roles.h"
#include "tests/satellite_node/core/station_fixture.h"

namespace spacemoe {
namespace {

using testing::CapturingListener;
using testing::CapturingSink;
using ::testing::ElementsAre;
using testing::FakeCombiner;
using testing::FakeHead;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Prompts go in threes.
class OneBatchHead : public ::testing::Test {
 protected:
  OneBatchHead()
      : station_(options_, &head_, &combiner_, &clock_, &sink_, &listener_) {}

  static SatelliteOptions OneBatch() {
    SatelliteOptions options = testing::StationOptions(/*layer=*/0);
    options.one_batch = true;
    options.max_prompt_rows = 3;
    return options;
  }

  void Inject(uint64_t sequence, int prompt_tokens) {
    SequenceRequest request;
    request.sequence = sequence;
    request.prompt.assign(prompt_tokens, 1);
    request.max_tokens = 100;
    request.capacity = 100;
    ASSERT_TRUE(station_.Inject(request).ok());
  }

  // All that can be done now. Returns the rows of the packets that leave:
  // sequence and position.
  std::vector<std::vector<std::pair<uint64_t, uint32_t>>> Run() {
    sink_.packets.clear();
    while (station_.NextStep() != kNever) {
      EXPECT_TRUE(station_.Step().ok());
    }
    std::vector<std::vector<std::pair<uint64_t, uint32_t>>> packets;
    for (const Packet& packet : sink_.packets) {
      packets.emplace_back();
      for (const RowHeader& row : packet.rows)
        packets.back().push_back({row.sequence, row.position});
    }
    return packets;
  }

  void Return(uint64_t sequence, uint32_t position, int64_t due) {
    Packet packet = testing::HiddenPacket(sequence, position, due);
    packet.combined = true;
    station_.Accept(MakeArrival(std::make_shared<Packet>(packet), 0));
  }

  using Rows = std::vector<std::pair<uint64_t, uint32_t>>;

  const SatelliteOptions options_ = OneBatch();
  FakeHead head_;
  FakeCombiner combiner_;
  ManualClock clock_;
  CapturingSink sink_;
  CapturingListener listener_;
  HeadStation station_;
};

TEST_F(OneBatchHead, PromptsThatComeTogetherLeaveTogether) {
  Inject(1, 1);
  Inject(2, 2);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 0}, {2, 0}, {2, 1}}));
}

TEST_F(OneBatchHead, APromptFollowsTheLapThatIsUnderWay) {
  Inject(1, 1);
  Run();
  Inject(2, 2);
  EXPECT_THAT(Run(), ElementsAre(Rows{{2, 0}, {2, 1}}));
  Return(1, 0, 1000);
  EXPECT_THAT(Run(), IsEmpty()) << "waits for the prompt";
  Return(2, 1, 20000);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 1}, {2, 2}}));
}

TEST_F(OneBatchHead, ALongPromptIsNotHeldUpWhereNothingComesBack) {
  Inject(1, 7);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 0}, {1, 1}, {1, 2}},
                                 Rows{{1, 3}, {1, 4}, {1, 5}}, Rows{{1, 6}}));
}

// Twelve rows a lap.
TEST_F(OneBatchHead, ALongPromptTakesLapsBesideOthers) {
  Inject(1, 1);
  Run();
  Inject(2, 30);
  EXPECT_THAT(Run(), ElementsAre(SizeIs(3), SizeIs(3), SizeIs(3), SizeIs(2)));
  Return(1, 0, 1000);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 1}, {2, 11}, {2, 12}, {2, 13}},
                                 SizeIs(3), SizeIs(3), SizeIs(3)));
  EXPECT_EQ(sink_.packets[0].rows[0].spent.queueing_ns, 0);
  EXPECT_EQ(sink_.packets[0].rows[1].spent.queueing_ns,
            listener_.tokens[0].emitted_ns);
  Return(1, 1, 20000);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 2}, {2, 23}, {2, 24}, {2, 25}},
                                 SizeIs(3), Rows{{2, 29}}));
}

TEST_F(OneBatchHead, TheRowsOfALapWaitForEachOther) {
  Inject(1, 1);
  Inject(2, 1);
  Run();
  Return(1, 0, 1000);
  EXPECT_THAT(Run(), IsEmpty());
  ASSERT_THAT(listener_.tokens, SizeIs(1));
  Return(2, 0, 20000);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 1}, {2, 1}}));
  EXPECT_EQ(sink_.packets[0].rows[0].spent.queueing_ns,
            listener_.tokens[1].emitted_ns - listener_.tokens[0].emitted_ns);
  EXPECT_EQ(sink_.packets[0].rows[1].spent.queueing_ns, 0);
}

TEST_F(OneBatchHead, ASequenceThatIsReleasedHoldsUpNobody) {
  Inject(1, 1);
  Inject(2, 1);
  Run();
  Inject(3, 11);
  Inject(4, 1);
  EXPECT_THAT(Run(), ElementsAre(SizeIs(3), SizeIs(3), SizeIs(3), SizeIs(1)));
  Return(1, 0, 1000);
  EXPECT_THAT(Run(), IsEmpty());
  station_.Release(3);
  station_.Release(2);
  EXPECT_THAT(Run(), ElementsAre(Rows{{1, 1}, {4, 0}}));
}

}  // namespace
}  // namespace spacemoe
