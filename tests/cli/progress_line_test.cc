#include "cli/progress_line.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kMillisecond = 1'000'000;

// Runs what is due when the test moves the clock.
class FakeTimer final : public Deferrer {
 public:
  explicit FakeTimer(ManualClock* clock) : clock_(clock) {}

  void After(absl::Duration delay, std::function<void()> action) override {
    due_.push_back(
        {clock_->Now() + absl::ToInt64Nanoseconds(delay), std::move(action)});
  }

  void MoveTo(int64_t now_ns) {
    clock_->Set(now_ns);
    for (auto& [due_ns, action] : std::exchange(due_, {})) {
      if (due_ns <= now_ns) {
        action();
      } else {
        due_.push_back({due_ns, std::move(action)});
      }
    }
  }

 private:
  ManualClock* const clock_;
  std::vector<std::pair<int64_t, std::function<void()>>> due_;
};

class ProgressLineTest : public ::testing::Test {
 protected:
  ProgressLineTest() {
    auto timer = std::make_unique<FakeTimer>(&clock_);
    timer_ = timer.get();
    line_ = std::make_unique<ProgressLine>(
        [this](std::string_view text) { drawn_.emplace_back(text.substr(4)); },
        &clock_, std::move(timer));
  }

  ManualClock clock_;
  FakeTimer* timer_;
  std::vector<std::string> drawn_;  // without what empties the line
  std::unique_ptr<ProgressLine> line_;
};

TEST_F(ProgressLineTest, DrawsTheFirstAtOnceAndTheLastOfABurstInItsTurn) {
  for (int i = 0; i < 270; ++i) line_->Show(std::to_string(i));
  EXPECT_THAT(drawn_, ElementsAre("0"));
  timer_->MoveTo(99 * kMillisecond);
  EXPECT_THAT(drawn_, ElementsAre("0"));
  timer_->MoveTo(100 * kMillisecond);
  EXPECT_THAT(drawn_, ElementsAre("0", "269"));
}

TEST_F(ProgressLineTest, DrawsTenTimesASecondAtMost) {
  for (int ms = 0; ms < 1000; ++ms) {
    timer_->MoveTo(ms * kMillisecond);
    line_->Show(std::to_string(ms));
  }
  EXPECT_EQ(drawn_.size(), 10);
}

TEST_F(ProgressLineTest, DrawsAtOnceWhatComesLater) {
  line_->Show("a");
  timer_->MoveTo(100 * kMillisecond);
  line_->Show("b");
  EXPECT_THAT(drawn_, ElementsAre("a", "b"));
}

TEST_F(ProgressLineTest, LeavesTheLineEmpty) {
  line_->Show("a");
  line_->Show("b");
  line_.reset();
  EXPECT_THAT(drawn_, ElementsAre("a", ""));
}

TEST_F(ProgressLineTest, LeavesALineAloneThatItNeverDrew) {
  line_.reset();
  EXPECT_THAT(drawn_, ElementsAre());
}

}  // namespace
}  // namespace spacemoe
