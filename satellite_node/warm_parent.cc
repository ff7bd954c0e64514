#include "satellite_node/warm_parent.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {
namespace {

sigset_t WatchedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&signals, signal);
  return signals;
}

// The end of the parent's stdin and stdout must mean the end of the parent.
void LeaveParentsStreams() {
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  if (null > STDERR_FILENO) close(null);
}

class WarmParent {
 public:
  WarmParent(const WarmParentOptions& options, const ChildMain& child)
      : options_(options), child_(child), own_pid_(getpid()) {}

  absl::StatusOr<int> Run() {
    const sigset_t signals = WatchedSignals();
    sigprocmask(SIG_BLOCK, &signals, &old_mask_);
    signals_ = UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    absl::Status forked = signals_.valid()
                              ? ForkAll()
                              : ErrnoStatus("cannot watch signals", errno);
    if (forked.ok()) Supervise();
    KillAll();
    sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
    if (!forked.ok()) return forked;
    return failed_ && !stopping_ ? 1 : 0;
  }

 private:
  absl::Status ForkAll() {
    for (int i = 0; i < options_.count; ++i) {
      SPACEMOE_ASSIGN_OR_RETURN(const int threads, ThreadCount());
      if (threads != 1 && !options_.child_executes) {
        return absl::FailedPreconditionError(absl::StrCat(
            "cannot fork satellites from a process of ", threads, " threads"));
      }
      SPACEMOE_RETURN_IF_ERROR(ForkOne(IndexOf(i), i));
    }
    return absl::OkStatus();
  }

  uint32_t IndexOf(int i) const {
    return options_.indices.empty() ? options_.first_index + i
                                    : options_.indices[i];
  }

  absl::Status ForkOne(uint32_t index, int forked) {
    const pid_t pid = fork();
    if (pid < 0) {
      return ErrnoStatus(
          absl::StrCat("cannot fork satellite ", forked + 1, " of ",
                       options_.count, " (limit on tasks or memory)"),
          errno);
    }
    if (pid == 0) BecomeChild(index);
    children_[pid] = index;
    return absl::OkStatus();
  }

  [[noreturn]] void BecomeChild(uint32_t index) {
    if (!DieWithParent(own_pid_).ok()) _exit(1);
    std::signal(SIGINT, SIG_IGN);
    signals_ = UniqueFd();
    sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
    LeaveParentsStreams();
    // Destructors of what the parent holds are the parent's business.
    _exit(child_(index));
  }

  void Supervise() {
    const int input = StdinIsNull() ? -1 : STDIN_FILENO;  // -1: not polled
    while (!children_.empty() && !stopping_) {
      pollfd polled[] = {{.fd = signals_.get(), .events = POLLIN},
                         {.fd = input, .events = POLLIN}};
      if (poll(polled, 2, -1) < 0 && errno != EINTR) return;
      if (polled[0].revents != 0) TakeSignals();
      if (polled[1].revents != 0) stopping_ |= StdinHasEnded();
    }
  }

  // As in a container: its end says nothing about a launcher.
  static bool StdinIsNull() {
    struct stat input, null;
    return fstat(STDIN_FILENO, &input) == 0 && stat("/dev/null", &null) == 0 &&
           S_ISCHR(input.st_mode) && input.st_rdev == null.st_rdev;
  }

  static bool StdinHasEnded() {
    char bytes[256];
    const ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));
    return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
  }

  void TakeSignals() {
    signalfd_siginfo info;
    while (read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
      const int signal = static_cast<int>(info.ssi_signo);
      if (signal == SIGTERM || (signal == SIGINT && isatty(STDIN_FILENO)))
        stopping_ = true;
    }
    while (ReapOne(WNOHANG)) {
    }
  }

  void KillAll() {
    for (const auto& [pid, index] : children_) kill(pid, SIGKILL);
    while (!children_.empty() && ReapOne(0)) {
    }
  }

  bool ReapOne(int flags) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, flags);
    if (pid < 0 && errno == EINTR) return true;
    if (pid <= 0) return false;
    const auto child = children_.find(pid);
    if (child == children_.end()) return true;
    failed_ |= status != 0;
    Tell(child->second, pid, status);
    children_.erase(child);
    return true;
  }

  static void Tell(uint32_t index, pid_t pid, int status) {
    const std::string exit =
        WIFEXITED(status) ? absl::StrCat(WEXITSTATUS(status)) : "null";
    const std::string signal =
        WIFSIGNALED(status) ? absl::StrCat(WTERMSIG(status)) : "null";
    const std::string line =
        absl::StrCat("{\"index\":", index, ",\"pid\":", pid, ",\"exit\":", exit,
                     ",\"signal\":", signal, "}\n");
    // A launcher that has gone needs no news.
    [[maybe_unused]] ssize_t written =
        write(STDOUT_FILENO, line.data(), line.size());
  }

  const WarmParentOptions options_;
  const ChildMain& child_;
  const pid_t own_pid_;
  sigset_t old_mask_;
  UniqueFd signals_;
  std::map<pid_t, uint32_t> children_;  // pid -> index
  bool stopping_ = false;
  bool failed_ = false;
};

}  // namespace

absl::StatusOr<int> RunWarmParent(const WarmParentOptions& options,
                                  const ChildMain& child) {
  std::signal(SIGPIPE, SIG_IGN);
  return WarmParent(options, child).Run();
}

}  // namespace spacemoe
