#include "coordinator/core/cluster.h"

#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/fakes.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kSatellites = 3;

class ClusterTest : public ::testing::Test {
 protected:
  ClusterTest() : links_(kSatellites), cluster_(Options(), &deferrer_) {}

  static ClusterOptions Options() {
    ClusterOptions options;
    options.membership = {kSatellites, "1.0", "clock", "hash"};
    options.sessions = {{100, 16}, 0, 0};
    options.head = 1;
    options.keepers = {0, 1};
    options.name = [](int index, int64_t pid) {
      return absl::StrCat("satellite ", index, " (pid ", pid, ")");
    };
    options.warmup_token = 42;
    options.monotonic_ns = [] { return int64_t{1000}; };
    return options;
  }

  void Join(uint32_t index) {
    ASSERT_TRUE(cluster_
                    .Register({index, absl::StrCat("unix:", index), 100 + index,
                               "clock", "1.0"},
                              &links_[index])
                    .ok());
  }

  // Until the ring has shown that it works.
  void ComeUp() {
    for (int i = 0; i < kSatellites; ++i) Join(i);
    for (int i = 0; i < kSatellites; ++i) {
      ASSERT_TRUE(cluster_.OnReady(i).ok());
    }
    cluster_.OnToken(Token(1, 5, FinishReason::kLength));
    CountFromNowOn();
  }

  // What the satellites answer when the warm-up token has gone round.
  void CountFromNowOn() {
    for (int i = 0; i < kSatellites; ++i) {
      EXPECT_EQ(links_[i].statistics_restarts, 1);
      cluster_.OnStatistics(i, {});
    }
  }

  absl::StatusOr<uint64_t> Start() {
    SequenceSpec spec;
    spec.prompt = {1, 2};
    return cluster_.Start(spec, &sink_);
  }

  std::vector<FakeLink> links_;
  FakeDeferrer deferrer_;
  Cluster cluster_;
  FakeSink sink_;
  FakeWatcher watcher_;
};

TEST_F(ClusterTest, AssignsOnceAllHaveCome) {
  Join(2);
  Join(0);
  EXPECT_EQ(links_[0].assigned, -1);
  Join(1);
  for (int i = 0; i < kSatellites; ++i) EXPECT_EQ(links_[i].assigned, i);
  EXPECT_THAT(links_[0].roster.addresses,
              ElementsAre("unix:0", "unix:1", "unix:2"));
  EXPECT_EQ(links_[0].roster.epoch_ns, 1000);
}

TEST_F(ClusterTest, HasStartedOnlyAfterATokenHasGoneRound) {
  cluster_.Watch(&watcher_);
  for (int i = 0; i < kSatellites; ++i) Join(i);
  for (int i = 0; i < kSatellites; ++i) ASSERT_TRUE(cluster_.OnReady(i).ok());
  EXPECT_TRUE(watcher_.events.back().warming_up);
  ASSERT_EQ(links_[1].orders.size(), 1);
  EXPECT_THAT(links_[1].orders[0].spec.prompt, ElementsAre(42));
  EXPECT_FALSE(watcher_.outcome.has_value());
  EXPECT_TRUE(absl::IsUnavailable(Start().status()));

  cluster_.OnToken(Token(1, 5, FinishReason::kLength));
  EXPECT_FALSE(watcher_.outcome.has_value()) << "the links count from anew";
  CountFromNowOn();
  ASSERT_TRUE(watcher_.outcome.has_value());
  EXPECT_TRUE(watcher_.outcome->ok());
  EXPECT_TRUE(Start().ok());
}

TEST_F(ClusterTest, TellsLateWatchersAtOnce) {
  ComeUp();
  cluster_.Watch(&watcher_);
  EXPECT_EQ(watcher_.events.back().ready, kSatellites);
  EXPECT_TRUE(watcher_.outcome->ok());
}

TEST_F(ClusterTest, ForgottenWatchersHearNothing) {
  cluster_.Watch(&watcher_);
  cluster_.Forget(&watcher_);
  ComeUp();
  EXPECT_FALSE(watcher_.outcome.has_value());
}

TEST_F(ClusterTest, InjectsAtTheHeadAndReleasesWhereStateIsKept) {
  ComeUp();
  const uint64_t id = *Start();
  EXPECT_EQ(links_[1].orders.back().sequence, id);
  cluster_.OnToken(Token(id, 5, FinishReason::kLength));
  EXPECT_EQ(links_[0].released.back(), id);
  EXPECT_EQ(links_[1].released.back(), id);
  EXPECT_TRUE(links_[2].released.empty());
}

TEST_F(ClusterTest, EndsEverythingWhenASatelliteIsLost) {
  ComeUp();
  ASSERT_TRUE(Start().ok());
  cluster_.OnDisconnected(2, "its connection broke");
  ASSERT_TRUE(sink_.error.has_value());
  EXPECT_TRUE(absl::IsUnavailable(*sink_.error));
  EXPECT_EQ(sink_.error->message(),
            "satellite 2 (pid 102) lost: its connection broke");
  EXPECT_EQ(Start().status(), *sink_.error) << "later requests, too";
}

TEST_F(ClusterTest, SaysWhereALostSatelliteOfAnotherContainerWas) {
  ASSERT_TRUE(
      cluster_.Register({0, "10.0.0.7:4000", 1, "clock", "1.0"}, &links_[0])
          .ok());
  cluster_.OnDisconnected(0, "its connection broke");
  EXPECT_THAT(
      std::string(cluster_.Start({}, nullptr).status().message()),
      HasSubstr("satellite 0 (pid 1) at 10.0.0.7:4000 lost: its connection"));
}

TEST_F(ClusterTest, FailsTheStartupWhenASatelliteIsLost) {
  cluster_.Watch(&watcher_);
  Join(0);
  cluster_.OnDisconnected(0, "its process ended");
  EXPECT_TRUE(absl::IsUnavailable(*watcher_.outcome));
  EXPECT_TRUE(absl::IsUnavailable(
      cluster_.Register({1, "unix:1", 1, "clock", "1.0"}, &links_[1])
          .status()));
}

TEST_F(ClusterTest, BlamesTheOneThatFailed) {
  ComeUp();
  ASSERT_TRUE(Start().ok());
  cluster_.OnFault(0, absl::DataLossError("a broken file"));
  EXPECT_EQ(sink_.error->message(),
            "satellite 0 (pid 100) failed: a broken file");
}

TEST_F(ClusterTest, BlamesTheDeadAndNotTheirNeighbours) {
  ComeUp();
  ASSERT_TRUE(Start().ok());
  cluster_.OnFault(0, absl::UnavailableError("satellite 2 is lost"));
  cluster_.OnDisconnected(0, "its process ended");
  EXPECT_FALSE(sink_.error.has_value());
  cluster_.OnDisconnected(2, "its process ended");
  deferrer_.RunAll();
  EXPECT_THAT(std::string(sink_.error->message()),
              HasSubstr("satellite 2 (pid 102) lost"));
}

TEST_F(ClusterTest, BelievesANeighbourWhenNobodyElseIsMissed) {
  ComeUp();
  ASSERT_TRUE(Start().ok());
  cluster_.OnFault(0, absl::UnavailableError("satellite 2 is cut off"));
  deferrer_.RunAll();
  EXPECT_EQ(sink_.error->message(),
            "satellite 0 (pid 100) failed: satellite 2 is cut off");
}

TEST_F(ClusterTest, AddsUpStatisticsOfAll) {
  ComeUp();
  std::optional<absl::StatusOr<LinkStatistics>> sum;
  cluster_.GatherStatistics([&sum](auto statistics) { sum = statistics; });
  LinkStatistics one;
  one.messages = 5;
  for (int i = 0; i < kSatellites; ++i) {
    EXPECT_EQ(links_[i].statistics_requests, 1);
    EXPECT_FALSE(sum.has_value());
    cluster_.OnStatistics(i, one);
  }
  ASSERT_TRUE(sum.has_value() && sum->ok());
  EXPECT_EQ((*sum)->messages, 15);
}

TEST_F(ClusterTest, FailsStatisticsOfALostSatellite) {
  ComeUp();
  std::optional<absl::StatusOr<LinkStatistics>> sum;
  cluster_.GatherStatistics([&sum](auto statistics) { sum = statistics; });
  cluster_.OnDisconnected(0, "its process ended");
  ASSERT_TRUE(sum.has_value());
  EXPECT_TRUE(absl::IsUnavailable(sum->status()));
}

TEST_F(ClusterTest, ShutdownTellsTheSatellites) {
  ComeUp();
  cluster_.Shutdown("enough");
  EXPECT_EQ(links_[0].shutdown, "enough");
  EXPECT_TRUE(absl::IsUnavailable(Start().status()));
}

}  // namespace
}  // namespace spacemoe
