#include "cli/launcher/spawn.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"

extern char** environ;

namespace spacemoe {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus("pipe", errno);
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// All that the child needs, made ready before fork: afterwards only calls that
// are safe after a fork in a threaded program are made.
struct ChildPlan {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  sigset_t mask;  // of this program
  int parent_pid;
  int input, output, errors, failure;
};

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  return pointers;
}

bool HasSameName(std::string_view entry, std::string_view other) {
  const size_t name = entry.find('=');
  return entry.substr(0, name) == other.substr(0, other.find('='));
}

std::vector<char*> Environment(const std::vector<std::string>& more) {
  std::vector<char*> all = Pointers(more);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const bool replaced = std::any_of(
        more.begin(), more.end(),
        [&](const std::string& other) { return HasSameName(*entry, other); });
    if (!replaced) all.push_back(*entry);
  }
  all.push_back(nullptr);
  return all;
}

[[noreturn]] void Fail(int failure_fd) {
  const int error = errno;
  // The parent takes a short message for success and sees the child die.
  [[maybe_unused]] const ssize_t written =
      write(failure_fd, &error, sizeof(error));
  _exit(127);
}

[[noreturn]] void RunChild(const ChildPlan& plan) {
  setpgid(0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Fail(plan.failure);
  if (getppid() != plan.parent_pid) _exit(127);
  if (dup2(plan.input, STDIN_FILENO) < 0) Fail(plan.failure);
  if (dup2(plan.output, STDOUT_FILENO) < 0) Fail(plan.failure);
  if (plan.errors >= 0 && dup2(plan.errors, STDERR_FILENO) < 0) {
    Fail(plan.failure);
  }
  for (int number = 1; number < SIGRTMIN; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  Fail(plan.failure);
}

// A signal must not run this program's handler in the child.
int ForkWithoutSignals(ChildPlan* plan) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &plan->mask);
  const int pid = fork();
  if (pid == 0) RunChild(*plan);
  pthread_sigmask(SIG_SETMASK, &plan->mask, nullptr);
  return pid;
}

// 0 once the child executes its program, else the error that kept it from it.
int ReadFailure(int fd) {
  int error = 0;
  ssize_t got;
  do {
    got = read(fd, &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  return got == sizeof(error) ? error : 0;
}

}  // namespace

absl::StatusOr<ChildProcess> SpawnProcess(const SpawnOptions& options) {
  SPACEMOE_ASSIGN_OR_RETURN(Pipe input, MakePipe());
  SPACEMOE_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  SPACEMOE_ASSIGN_OR_RETURN(Pipe errors, MakePipe());
  SPACEMOE_ASSIGN_OR_RETURN(Pipe failure, MakePipe());
  ChildPlan plan{Pointers(options.arguments),
                 Environment(options.environment),
                 {},
                 getpid(),
                 input.read.get(),
                 output.write.get(),
                 options.capture_errors ? errors.write.get() : -1,
                 failure.write.get()};
  plan.arguments.push_back(nullptr);
  const int pid = ForkWithoutSignals(&plan);
  if (pid < 0) return ErrnoStatus("fork", errno);
  setpgid(pid, pid);
  failure.write = UniqueFd();
  if (const int error = ReadFailure(failure.read.get()); error != 0) {
    waitpid(pid, nullptr, 0);
    return ErrnoStatus(absl::StrCat("cannot start ", options.arguments[0]),
                       error);
  }
  ChildProcess child;
  child.pid = pid;
  child.input = std::move(input.write);
  child.output = std::move(output.read);
  if (options.capture_errors) child.errors = std::move(errors.read);
  return child;
}

}  // namespace spacemoe
