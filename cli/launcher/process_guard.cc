#include "cli/launcher/process_guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "cli/launcher/spawn.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::chrono::milliseconds kPollInterval(5);
constexpr int kWaitPolls = 400;
constexpr int kInterrupts[] = {SIGINT, SIGTERM, SIGHUP};

// Libraries have threads from before main, so that a signal may come to them: a
// handler beside the mask that leaves it to the guard's own thread.
std::atomic<int> handler_fd = -1;

void OnSignal(int signal) {
  const int saved_errno = errno;
  const char number = static_cast<char>(signal);
  [[maybe_unused]] const ssize_t written = write(handler_fd, &number, 1);
  errno = saved_errno;
}

// nohup means it. Shells ignore SIGINT for jobs in the background too, but do
// not mean that.
bool StaysIgnored(int signal) {
  struct sigaction action = {};
  return signal == SIGHUP && sigaction(signal, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

void Handle(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (int signal : kInterrupts) {
    if (!StaysIgnored(signal)) sigaction(signal, &action, nullptr);
  }
}

// In this thread, and in those that it starts from now on.
void SetInterruptMask(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : kInterrupts) sigaddset(&signals, signal);
  pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

ProcessGuard::ProcessGuard() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  signals_ = UniqueFd(ends[0]);
  signals_end_ = UniqueFd(ends[1]);
  // Descendants of a killed child become this program's, to be reaped.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  thread_ = std::thread([this] { WaitForSignal(); });
  handler_fd = signals_end_.get();
  Handle(OnSignal);
  SetInterruptMask(SIG_BLOCK);
}

ProcessGuard::~ProcessGuard() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const std::set<int> groups = groups_;
    for (int pid : groups) KillLocked(pid);
  }
  if (!thread_.joinable()) return;
  Handle(SIG_DFL);
  SetInterruptMask(SIG_UNBLOCK);
  handler_fd = -1;
  signals_end_ = UniqueFd();
  thread_.join();
}

void ProcessGuard::WaitForSignal() {
  // TSan takes poll for a wait that a signal may end, but not read.
  pollfd waiting = {signals_.get(), POLLIN, 0};
  while (poll(&waiting, 1, -1) < 0 && errno == EINTR) {
  }
  char number = 0;
  ssize_t got;
  do {
    got = read(signals_.get(), &number, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 1) EndBySignal(number);
}

void ProcessGuard::EndBySignal(int signal) {
  interrupted_ = true;
  int exit_code = 128 + signal;
  // Never released either: whom the act uses stays as it is.
  last_act_mutex_.lock();
  if (last_act_) {
    last_act_();
    exit_code = last_exit_code_;
  }
  // Never released: nothing starts any more.
  mutex_.lock();
  const std::set<int> groups = groups_;
  for (int pid : groups) kill(-pid, SIGKILL);
  for (int pid : groups) KillLocked(pid);
  for (const std::string& file : files_) unlink(file.c_str());
  _exit(exit_code);
}

absl::StatusOr<ChildProcess> ProcessGuard::Spawn(const SpawnOptions& options) {
  std::lock_guard<std::mutex> lock(mutex_);
  SPACEMOE_ASSIGN_OR_RETURN(ChildProcess child, SpawnProcess(options));
  groups_.insert(child.pid);
  return child;
}

void ProcessGuard::Kill(int pid) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (groups_.contains(pid)) KillLocked(pid);
}

void ProcessGuard::KillLocked(int pid) {
  kill(-pid, SIGKILL);
  int status = 0;
  while (true) {
    const int reaped = waitpid(-pid, &status, 0);
    if (reaped == pid) statuses_[pid] = status;
    if (reaped < 0 && errno != EINTR) break;
  }
  groups_.erase(pid);
}

std::optional<int> ProcessGuard::Wait(int pid) {
  for (int i = 0; i < kWaitPolls; ++i) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (statuses_.contains(pid)) return statuses_[pid];
      if (!groups_.contains(pid)) return std::nullopt;
      int status = 0;
      if (waitpid(pid, &status, WNOHANG) == pid) {
        return statuses_[pid] = status;
      }
    }
    std::this_thread::sleep_for(kPollInterval);
  }
  return std::nullopt;
}

void ProcessGuard::YieldToInterrupt() const {
  while (interrupted_) pause();
}

void ProcessGuard::SetLastAct(std::function<void()> act, int exit_code) {
  std::lock_guard<std::mutex> lock(last_act_mutex_);
  last_act_ = std::move(act);
  last_exit_code_ = exit_code;
}

void ProcessGuard::Remember(const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  files_.insert(path);
}

void ProcessGuard::Forget(const std::string& path) {
  std::lock_guard<std::mutex> lock(mutex_);
  files_.erase(path);
}

}  // namespace spacemoe
