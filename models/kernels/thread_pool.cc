#include "models/kernels/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace spacemoe {
namespace {

constexpr auto kSpinTime = std::chrono::microseconds(50);
constexpr int kPausesPerClockRead = 32;
// Ranges that a thread takes in one region, so that a slow thread's share can
// be taken by the others.
constexpr int kRangesPerThread = 4;

void Pause() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

// Spins until `done()` or until kSpinTime has passed; whether it is done.
template <typename Predicate>
bool SpinUntil(Predicate done) {
  const auto deadline = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kPausesPerClockRead; ++i) {
      if (done()) return true;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return done();
}

// Those that this process may use; none unless there is a choice.
std::optional<cpu_set_t> SeveralCores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return std::nullopt;
  if (CPU_COUNT(&cores) < 2) return std::nullopt;
  return cores;
}

}  // namespace

// A ticket is (epoch << 32 | ranges not yet taken). A thread takes a range by
// lowering the ticket; only a thread that took one reads the region's fields,
// which stay as they are until its range is done.
struct ThreadPool::Impl {
  explicit Impl(int threads);
  ~Impl();
  void Run(std::int64_t count, std::int64_t grain,
           absl::FunctionRef<void(std::int64_t, std::int64_t)> fn);
  void Work();
  void KeepOffCallersCore();
  bool RunOneRange();
  void FinishOneRange();
  void AwaitRanges();

  std::vector<std::thread> workers;
  const std::optional<cpu_set_t> cores = SeveralCores();
  int callers_core = -1;  // that the workers keep off
  std::atomic<bool> stopping{false};
  std::atomic<bool> resting{false};
  std::atomic<std::uint32_t> epoch{0};
  alignas(64) std::atomic<std::uint64_t> ticket{0};
  alignas(64) std::atomic<std::uint32_t> unfinished{0};

  std::int64_t count = 0;
  std::int64_t range = 0;
  std::int64_t ranges = 0;
  absl::FunctionRef<void(std::int64_t, std::int64_t)>* fn = nullptr;
};

ThreadPool::Impl::Impl(int threads) {
  for (int i = 1; i < threads; ++i) workers.emplace_back([this] { Work(); });
}

ThreadPool::Impl::~Impl() {
  stopping.store(true);
  epoch.fetch_add(1);
  epoch.notify_all();
  for (std::thread& worker : workers) worker.join();
}

void ThreadPool::Impl::Work() {
  std::uint32_t seen = 0;
  while (true) {
    SpinUntil([&] { return epoch.load() != seen || resting.load(); });
    epoch.wait(seen);
    seen = epoch.load();
    if (stopping.load()) return;
    while (RunOneRange()) {
    }
  }
}

void ThreadPool::Impl::KeepOffCallersCore() {
  const int core = sched_getcpu();
  if (!cores.has_value() || core < 0 || core == callers_core) return;
  callers_core = core;
  cpu_set_t others = *cores;
  CPU_CLR(core, &others);
  // Advice only: it may fail where the caller's cores have been changed.
  for (std::thread& worker : workers)
    pthread_setaffinity_np(worker.native_handle(), sizeof(others), &others);
}

bool ThreadPool::Impl::RunOneRange() {
  std::uint64_t current = ticket.load();
  do {
    if ((current & 0xffffffffu) == 0) return false;
  } while (!ticket.compare_exchange_weak(current, current - 1));
  const auto left = static_cast<std::int64_t>(current & 0xffffffffu);
  const std::int64_t begin = (ranges - left) * range;
  (*fn)(begin, std::min(begin + range, count));
  FinishOneRange();
  return true;
}

void ThreadPool::Impl::FinishOneRange() {
  if (unfinished.fetch_sub(1) == 1) unfinished.notify_one();
}

void ThreadPool::Impl::AwaitRanges() {
  if (SpinUntil([&] { return unfinished.load() == 0; })) return;
  for (std::uint32_t left = unfinished.load(); left != 0;
       left = unfinished.load()) {
    unfinished.wait(left);
  }
}

void ThreadPool::Impl::Run(
    std::int64_t total, std::int64_t grain,
    absl::FunctionRef<void(std::int64_t, std::int64_t)> function) {
  const auto threads = static_cast<std::int64_t>(workers.size()) + 1;
  const std::int64_t grains = (total + grain - 1) / grain;
  const std::int64_t wanted = threads * kRangesPerThread;
  count = total;
  range = (grains + wanted - 1) / wanted * grain;
  ranges = (total + range - 1) / range;
  fn = &function;
  unfinished.store(static_cast<std::uint32_t>(ranges));
  KeepOffCallersCore();
  resting.store(false);
  const std::uint64_t next = epoch.load() + std::uint64_t{1};
  ticket.store(next << 32 | static_cast<std::uint64_t>(ranges));
  epoch.fetch_add(1);
  epoch.notify_all();
  while (RunOneRange()) {
  }
  AwaitRanges();
}

void ThreadPool::Rest() {
  if (impl_ != nullptr) impl_->resting.store(true);
}

int AvailableCores() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

ThreadPool::ThreadPool(int threads) {
  if (threads > 1) impl_ = std::make_unique<Impl>(threads);
}

ThreadPool::~ThreadPool() = default;

int ThreadPool::threads() const {
  return impl_ == nullptr ? 1 : static_cast<int>(impl_->workers.size()) + 1;
}

void ThreadPool::ParallelFor(
    std::int64_t count, std::int64_t grain,
    absl::FunctionRef<void(std::int64_t, std::int64_t)> fn) {
  if (count <= 0) return;
  grain = std::max<std::int64_t>(grain, 1);
  if (impl_ == nullptr || count <= grain) return fn(0, count);
  impl_->Run(count, grain, fn);
}

}  // namespace spacemoe
