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

  ClusterOptions Options() {
    ClusterOptions options;
    options.membership = {kSatellites, "1.0", "clock", "hash"};
    options.sessions = {{100, 16}, 0, 0};
    options.head = 1;
    options.keepers = {0, 1};
    options.name = [](int index, int64_t pid) {
      return absl::StrCat("satellite ", index, " (pid ", pid, ")");
    };
    options.warm_up_prompt = {42, 43};
    options.monotonic_ns = [this] { return now_ns_; };
    options.trace = true;
    options.readiness = {.interval = absl::Seconds(10),
                         .timeout = absl::Seconds(30)};
    options.on_readiness = [this](bool ready) { ready_.push_back(ready); };
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

  int64_t now_ns_ = 1000;
  std::vector<bool> ready_;  // as it was told
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
  EXPECT_THAT(links_[1].orders[0].spec.prompt, ElementsAre(42, 43));
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

TEST_F(ClusterTest, IsReadyFromTheWarmUpUntilALoss) {
  for (int i = 0; i < kSatellites; ++i) Join(i);
  EXPECT_THAT(std::string(cluster_.State().readiness.message()),
              HasSubstr("3 have come and 0 are ready"));
  for (int i = 0; i < kSatellites; ++i) ASSERT_TRUE(cluster_.OnReady(i).ok());
  EXPECT_THAT(ready_, ::testing::IsEmpty()) << "no token has gone round";
  cluster_.OnToken(Token(1, 5, FinishReason::kLength));
  CountFromNowOn();
  EXPECT_TRUE(cluster_.State().readiness.ok());
  EXPECT_EQ(cluster_.State().connected, kSatellites);
  EXPECT_THAT(ready_, ElementsAre(true));
  cluster_.OnDisconnected(2, "killed");
  EXPECT_THAT(std::string(cluster_.State().readiness.message()),
              HasSubstr("satellite 2 (pid 102) lost: killed"));
  EXPECT_EQ(cluster_.State().losses, 1);
  EXPECT_THAT(ready_, ElementsAre(true, false));
}

TEST_F(ClusterTest, AsksASilentRingForATokenAndSaysWhenNoneComes) {
  constexpr int64_t kSecond = 1'000'000'000;
  ComeUp();
  const size_t orders = links_[1].orders.size();
  for (int i = 0; i < 3; ++i) {
    now_ns_ += 9 * kSecond;
    ASSERT_TRUE(Start().ok());
    cluster_.OnToken(Token(2 + i, 5));
    deferrer_.RunAll();
  }
  EXPECT_EQ(links_[1].orders.size(), orders + 3) << "tokens flow";
  now_ns_ += 10 * kSecond;
  deferrer_.RunAll();
  ASSERT_EQ(links_[1].orders.size(), orders + 4);
  EXPECT_EQ(links_[1].orders.back().spec.prompt, std::vector<int64_t>{42});
  now_ns_ += 30 * kSecond;
  deferrer_.RunAll();
  EXPECT_EQ(links_[1].orders.size(), orders + 4) << "it has been asked already";
  EXPECT_THAT(std::string(cluster_.State().readiness.message()),
              HasSubstr("no token has gone round"));
  EXPECT_THAT(ready_, ElementsAre(true, false));
  cluster_.OnToken(Token(5, 5, FinishReason::kLength));
  EXPECT_TRUE(cluster_.State().readiness.ok());
  EXPECT_THAT(ready_, ElementsAre(true, false, true));
}

TEST_F(ClusterTest, CountsASatelliteThatFailsAndLeavesOnce) {
  ComeUp();
  cluster_.OnFault(1, absl::DataLossError("broken"));
  cluster_.OnDisconnected(1, "its process ended");
  EXPECT_EQ(cluster_.State().losses, 1);
}

TEST_F(ClusterTest, KnowsWhereMetricsAreServed) {
  for (int i = 0; i < kSatellites; ++i) {
    Applicant applicant = {i, absl::StrCat("unix:", i), 100, "boot", "1.0", ""};
    if (i != 1) applicant.metrics_address = absl::StrCat("10.0.0.", i, ":9100");
    ASSERT_TRUE(cluster_.Register(applicant, &links_[i]).ok());
  }
  cluster_.OnDisconnected(0, "killed");
  const std::vector<MetricsTarget> targets = cluster_.MetricsTargets();
  ASSERT_EQ(targets.size(), 1);
  EXPECT_EQ(targets[0].index, 2);
  EXPECT_EQ(targets[0].address, "10.0.0.2:9100");
}

TEST_F(ClusterTest, GathersTheTraceOfUsersSequences) {
  for (int i = 0; i < kSatellites; ++i) Join(i);
  for (int i = 0; i < kSatellites; ++i) ASSERT_TRUE(cluster_.OnReady(i).ok());
  cluster_.OnTrace(0, {"warm-up", 1, 0, false});
  cluster_.OnToken(Token(1, 5, FinishReason::kLength));
  CountFromNowOn();
  cluster_.OnTrace(0, {"users", 1, 0, false});
  std::vector<std::string> batches;
  cluster_.GatherTrace([&batches](const absl::StatusOr<StoredTrace>& trace) {
    ASSERT_TRUE(trace.ok()) << trace.status();
    for (const auto& batch : trace->batches) batches.push_back(batch.bytes);
  });
  for (int i = 0; i < kSatellites; ++i) {
    EXPECT_EQ(links_[i].trace_requests, 1);
    cluster_.OnTrace(i, {"", 0, 0, true});
  }
  EXPECT_THAT(batches, ElementsAre("users"));
}

}  // namespace
}  // namespace spacemoe
