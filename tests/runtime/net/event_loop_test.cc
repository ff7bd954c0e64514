#include "runtime/net/event_loop.h"

#include <future>
#include <thread>

#include "absl/time/clock.h"
#include "grpcpp/alarm.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

// An event that tells which thread handles it.
class Event {
 public:
  explicit Event(EventLoop* loop) {
    alarm_.Set(loop->queue(), gpr_time_0(GPR_CLOCK_MONOTONIC), &handler_);
  }
  std::thread::id Wait() { return handled_.get_future().get(); }
  bool handled() const { return done_; }

 private:
  std::promise<std::thread::id> handled_;
  std::atomic<bool> done_ = false;
  EventHandler handler_ = [this](bool) {
    done_ = true;
    handled_.set_value(std::this_thread::get_id());
  };
  grpc::Alarm alarm_;
};

TEST(EventLoop, ItsOwnThreadHandlesEvents) {
  EventLoop loop;
  for (int i = 0; i < 10; ++i)
    EXPECT_NE(Event(&loop).Wait(), std::this_thread::get_id());
}

TEST(EventLoop, TheBorrowerHandlesEventsUntilItReturnsTheLoop) {
  EventLoop loop;
  loop.Borrow();
  for (int i = 0; i < 10; ++i) {
    Event event(&loop);
    while (!event.handled()) loop.RunUntil(absl::InfiniteFuture());
    EXPECT_EQ(event.Wait(), std::this_thread::get_id());
  }
  loop.Return();
  EXPECT_NE(Event(&loop).Wait(), std::this_thread::get_id());
}

TEST(EventLoop, WakeEndsTheBorrowersWait) {
  EventLoop loop;
  loop.Borrow();
  for (int i = 0; i < 100; ++i) {
    std::thread other([&loop] { loop.Wake(); });
    loop.RunUntil(absl::InfiniteFuture());
    other.join();
    loop.RunReady();
  }
  loop.Return();
}

// The loop's thread, still in the queue when the loop was lent, took the
// wake-up that was meant for the borrower, which then waited for ever.
TEST(EventLoop, AWakeUpRightAfterBorrowingIsNotLost) {
  for (int i = 0; i < 1000; ++i) {
    EventLoop loop;
    std::atomic<bool> told = false;
    std::thread borrower([&loop, &told] {
      loop.Borrow();
      while (!told) loop.RunUntil(absl::InfiniteFuture());
      loop.Return();
    });
    if (i % 2 == 0) std::this_thread::yield();
    told = true;
    loop.Wake();
    borrower.join();
  }
}

TEST(EventLoop, TheBorrowersWaitEndsAtItsDeadline) {
  EventLoop loop;
  loop.Borrow();
  const absl::Time deadline = absl::Now() + absl::Milliseconds(20);
  while (absl::Now() < deadline) loop.RunUntil(deadline);
  loop.Return();
}

}  // namespace
}  // namespace spacemoe
