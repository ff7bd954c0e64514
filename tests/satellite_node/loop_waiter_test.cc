// A worker that runs the network's events itself.
#include "satellite_node/loop_waiter.h"

#include <future>

#include "gtest/gtest.h"
#include "runtime/base/clock.h"
#include "satellite_node/core/worker.h"

namespace spacemoe {
namespace {

// Takes packets; its step tells how many rows it has.
class Counter final : public Station {
 public:
  void Accept(const Arrival&) override { ++waiting_; }
  void Release(uint64_t) override {}
  int64_t NextStep() const override { return waiting_ > 0 ? 0 : kNever; }
  absl::Status Step() override {
    taken_ += std::exchange(waiting_, 0);
    return fail_ ? absl::InternalError("told to") : absl::OkStatus();
  }
  int taken() const { return taken_; }
  void Fail() { fail_ = true; }

 private:
  int waiting_ = 0;
  std::atomic<int> taken_ = 0;
  std::atomic<bool> fail_ = false;
};

class LoopWaiterTest : public testing::Test {
 protected:
  LoopWaiterTest() {
    worker_ = std::make_unique<Worker>(
        &station_, &clock_,
        [this](const absl::Status& status) { fault_.set_value(status); },
        std::make_unique<LoopWaiter>(&loop_));
  }

  void Push(int64_t due_ns = 0) {
    auto packet = std::make_shared<Packet>();
    packet->rows.resize(1);
    packet->link.due_ns = due_ns;
    worker_->Push(std::move(packet), clock_.Now(), /*count=*/true);
  }

  // Runs on the worker's thread, after all that was pushed.
  void Synchronise() {
    std::promise<void> done;
    worker_->Post([&done] {
      done.set_value();
      return absl::OkStatus();
    });
    done.get_future().wait();
  }

  EventLoop loop_;
  const MonotonicClock clock_{MonotonicNanos(), 1};
  Counter station_;
  std::promise<absl::Status> fault_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(LoopWaiterTest, WakesForWhatOthersPush) {
  for (int i = 1; i <= 100; ++i) {
    Push();
    while (station_.taken() < i) Synchronise();
  }
  EXPECT_EQ(worker_->Statistics(/*restart=*/true).messages, 100u);
  EXPECT_EQ(worker_->Statistics(/*restart=*/false).messages, 0u);
}

TEST_F(LoopWaiterTest, HoldsAPacketUntilItIsDue) {
  const int64_t due = clock_.Now() + 20'000'000;
  Push(due);
  while (station_.taken() == 0) Synchronise();
  EXPECT_GE(clock_.Now(), due);
}

TEST_F(LoopWaiterTest, GivesTheLoopBackAfterAFault) {
  station_.Fail();
  Push();
  EXPECT_EQ(fault_.get_future().get().code(), absl::StatusCode::kInternal);
  // Ends although the worker has: the loop's own thread runs again.
  worker_.reset();
}

TEST_F(LoopWaiterTest, StopsWhileItWaits) { worker_->Stop(); }

}  // namespace
}  // namespace spacemoe
