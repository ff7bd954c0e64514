#include "satellite_node/warm_parent.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {
namespace {

// ThreadSanitizer has a thread of its own.
#ifdef __SANITIZE_THREAD__
constexpr bool kMayHaveThreads = true;
#else
constexpr bool kMayHaveThreads = false;
#endif

// A warm parent in a process of its own, with pipes for its stdin and stdout.
class ParentProcess {
 public:
  ParentProcess(WarmParentOptions options, const ChildMain& child,
                bool null_input = false) {
    options.child_executes = kMayHaveThreads;
    int in[2], out[2];
    EXPECT_EQ(pipe(in), 0);
    EXPECT_EQ(pipe(out), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(null_input ? open("/dev/null", O_RDONLY) : in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      for (int fd : {in[0], in[1], out[0], out[1]}) close(fd);
      const absl::StatusOr<int> ended = RunWarmParent(options, child);
      _exit(ended.value_or(99));
    }
    close(in[0]);
    close(out[1]);
    stdin_ = UniqueFd(in[1]);
    stdout_ = UniqueFd(out[0]);
  }

  void EndStdin() { stdin_ = UniqueFd(); }
  void Kill(int signal) { kill(pid_, signal); }

  std::string ReadLine() {
    std::string text;
    char byte;
    while (read(stdout_.get(), &byte, 1) == 1 && byte != '\n') text += byte;
    return text;
  }

  // Everything that it still writes, until all that could write have ended.
  std::string ReadAll() {
    std::string text;
    char bytes[512];
    ssize_t got;
    while ((got = read(stdout_.get(), bytes, sizeof(bytes))) > 0)
      text.append(bytes, got);
    return text;
  }

  // Exit status, or minus the signal.
  int Wait() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
  UniqueFd stdin_;
  UniqueFd stdout_;
};

int SleepForEver(uint32_t) {
  while (true) pause();
}

// Tells its pid through a pipe, then sleeps.
class PidPipe {
 public:
  PidPipe() { EXPECT_EQ(pipe(ends_), 0); }
  ChildMain child() {
    return [this](uint32_t) {
      const pid_t own = getpid();
      if (write(ends_[1], &own, sizeof(own)) != sizeof(own)) return 1;
      return SleepForEver(0);
    };
  }
  pid_t Next() {
    pid_t pid = 0;
    EXPECT_EQ(read(ends_[0], &pid, sizeof(pid)), ssize_t{sizeof(pid)});
    return pid;
  }

 private:
  int ends_[2];
};

TEST(WarmParent, TellsHowEachChildEnded) {
  ParentProcess parent({.count = 3, .first_index = 5}, [](uint32_t index) {
    if (index == 6) raise(SIGKILL);
    return static_cast<int>(index == 7 ? 4 : 0);
  });
  const std::string lines = parent.ReadAll();
  EXPECT_THAT(lines,
              testing::ContainsRegex(
                  "\"index\":5,\"pid\":[0-9]+,\"exit\":0,\"signal\":null"));
  EXPECT_THAT(lines,
              testing::ContainsRegex(
                  "\"index\":6,\"pid\":[0-9]+,\"exit\":null,\"signal\":9"));
  EXPECT_THAT(lines,
              testing::ContainsRegex(
                  "\"index\":7,\"pid\":[0-9]+,\"exit\":4,\"signal\":null"));
  EXPECT_EQ(parent.Wait(), 1);
}

TEST(WarmParent, ForksTheIndicesThatAreAskedFor) {
  ParentProcess parent({.count = 2, .indices = {9, 3}},
                       [](uint32_t index) { return static_cast<int>(index); });
  const std::string lines = parent.ReadAll();
  EXPECT_THAT(lines,
              testing::ContainsRegex("\"index\":9,\"pid\":[0-9]+,\"exit\":9"));
  EXPECT_THAT(lines,
              testing::ContainsRegex("\"index\":3,\"pid\":[0-9]+,\"exit\":3"));
}

// A container's stdin says nothing about whoever started it.
TEST(WarmParent, AStdinOfNothingIsNoEnd) {
  int go[2];
  ASSERT_EQ(pipe(go), 0);
  ParentProcess parent(
      {.count = 2},
      [&go](uint32_t index) {
        char byte;
        return index == 1 && read(go[0], &byte, 1) == 1 ? 7 : 0;
      },
      /*null_input=*/true);
  // The parent has looked at its stdin by the time that it tells this.
  EXPECT_THAT(parent.ReadLine(), testing::HasSubstr("\"index\":0"));
  ASSERT_EQ(write(go[1], "!", 1), 1);
  EXPECT_THAT(parent.ReadAll(),
              testing::ContainsRegex("\"index\":1,\"pid\":[0-9]+,\"exit\":7"));
  EXPECT_EQ(parent.Wait(), 1);
}

TEST(WarmParent, SucceedsWhenAllChildrenDo) {
  ParentProcess parent({.count = 4}, [](uint32_t) { return 0; });
  EXPECT_EQ(parent.Wait(), 0);
}

TEST(WarmParent, TheEndOfStdinEndsEveryone) {
  ParentProcess parent({.count = 5}, SleepForEver);
  parent.EndStdin();
  EXPECT_EQ(parent.Wait(), 0);
  EXPECT_THAT(parent.ReadAll(), testing::ContainsRegex("\"signal\":9"));
}

TEST(WarmParent, SigtermEndsEveryone) {
  PidPipe pids;
  ParentProcess parent({.count = 2}, pids.child());
  pids.Next();
  pids.Next();
  parent.Kill(SIGTERM);
  EXPECT_EQ(parent.Wait(), 0);
}

TEST(WarmParent, SigintIsTheLaunchersBusiness) {
  PidPipe pids;
  ParentProcess parent({.count = 1}, pids.child());
  const pid_t child = pids.Next();
  kill(child, SIGINT);
  parent.Kill(SIGINT);
  kill(child, SIGKILL);
  EXPECT_EQ(parent.Wait(), 1);
  EXPECT_THAT(parent.ReadAll(), testing::HasSubstr("\"signal\":9"));
}

TEST(WarmParent, KilledParentTakesItsChildrenAlong) {
  // Orphans become children of this process, which can then wait for them.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  PidPipe pids;
  ParentProcess parent({.count = 3}, pids.child());
  std::vector<pid_t> children = {pids.Next(), pids.Next(), pids.Next()};
  parent.Kill(SIGKILL);
  EXPECT_EQ(parent.Wait(), -SIGKILL);
  for (pid_t child : children) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
}

TEST(WarmParent, RefusesToForkBesideAnotherThread) {
  std::promise<void> done;
  std::thread other([&] { done.get_future().wait(); });
  const auto ended = RunWarmParent({.count = 1}, [](uint32_t) { return 0; });
  EXPECT_EQ(ended.status().code(), absl::StatusCode::kFailedPrecondition);
  done.set_value();
  other.join();
}

}  // namespace
}  // namespace spacemoe
