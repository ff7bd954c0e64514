#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "cli/launcher/death_notice.h"
#include "cli/launcher/losses.h"
#include "cli/launcher/output_lines.h"
#include "cli/launcher/process_guard.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DeathNotice, ReadsALineOfTheSatellitesParent) {
  const auto notice =
      ParseDeathNotice(R"({"index":17,"pid":1234,"exit":null,"signal":9})");
  ASSERT_TRUE(notice.has_value());
  EXPECT_EQ(notice->index, 17);
  EXPECT_EQ(notice->pid, 1234);
  EXPECT_EQ(HowItEnded(*notice), "killed by signal 9 (SIGKILL)");
}

TEST(DeathNotice, KnowsExits) {
  const auto notice =
      ParseDeathNotice(R"({"index":0,"pid":1,"exit":3,"signal":null})");
  EXPECT_EQ(HowItEnded(*notice), "exited with status 3");
}

TEST(DeathNotice, IgnoresOtherLines) {
  for (const char* line : {"", "hello", "{}", "[1]", R"({"index":"x"})"}) {
    EXPECT_FALSE(ParseDeathNotice(line).has_value()) << line;
  }
}

TEST(Losses, PreferTheLikelierCulprit) {
  int calls = 0;
  Losses losses([&calls] { ++calls; });
  EXPECT_FALSE(losses.Culprit(absl::ZeroDuration()).has_value());
  losses.Add({LossKind::kSatelliteExit, "exit"});
  EXPECT_EQ(losses.Culprit(absl::ZeroDuration())->what, "exit");
  losses.Add({LossKind::kSatelliteKilled, "killed"});
  losses.Add({LossKind::kSatelliteKilled, "later"});
  EXPECT_EQ(losses.Culprit(absl::ZeroDuration())->what, "killed");
  losses.Add({LossKind::kCoordinator, "coordinator"});
  EXPECT_EQ(losses.Culprit(absl::ZeroDuration())->what, "coordinator");
  EXPECT_EQ(calls, 1);
}

TEST(Losses, IgnoreWhatComesAfterTheEnd) {
  Losses losses(nullptr);
  losses.Close();
  losses.Add({LossKind::kCoordinator, "killed by us"});
  EXPECT_FALSE(losses.Culprit(absl::ZeroDuration()).has_value());
}

SpawnOptions Shell(const std::string& script) {
  return {{"/bin/sh", "-c", script}, {}, true};
}

std::vector<std::string> ReadAll(UniqueFd fd) {
  std::vector<std::string> lines;
  OutputLines(
      std::move(fd),
      [&lines](const std::string& line) { lines.push_back(line); }, nullptr);
  return lines;
}

TEST(ProcessGuard, GivesAChildItsPipesAndEnvironment) {
  ProcessGuard guard;
  SpawnOptions options = Shell("echo out $GREETING; echo err >&2; read line");
  options.environment = {"GREETING=hello"};
  auto child = guard.Spawn(options);
  ASSERT_TRUE(child.ok()) << child.status();
  child->input = UniqueFd();  // the child's `read` ends
  EXPECT_THAT(ReadAll(std::move(child->output)), ElementsAre("out hello"));
  EXPECT_THAT(ReadAll(std::move(child->errors)), ElementsAre("err"));
  const auto status = guard.Wait(child->pid);
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(WIFEXITED(*status));
}

TEST(ProcessGuard, ReplacesWhatItsOwnEnvironmentSays) {
  setenv("SPACEMOE_GREETING", "own", 1);
  ProcessGuard guard;
  SpawnOptions options = Shell("env | grep SPACEMOE_GREETING");
  options.environment = {"SPACEMOE_GREETING=given"};
  auto child = guard.Spawn(options);
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_THAT(ReadAll(std::move(child->output)),
              ElementsAre("SPACEMOE_GREETING=given"));
}

TEST(ProcessGuard, KillsAChildWithItsDescendants) {
  ProcessGuard guard;
  auto child = guard.Spawn(Shell("sleep 1000 & echo $!; wait"));
  ASSERT_TRUE(child.ok()) << child.status();
  char buffer[32] = {};
  ASSERT_GT(read(child->output.get(), buffer, sizeof(buffer) - 1), 0);
  const int grandchild = std::atoi(buffer);
  ASSERT_EQ(kill(grandchild, 0), 0);
  guard.Kill(child->pid);
  EXPECT_EQ(kill(child->pid, 0), -1);
  EXPECT_EQ(kill(grandchild, 0), -1) << "reaped, not a zombie";
}

TEST(ProcessGuard, SaysWhyAProgramCannotStart) {
  ProcessGuard guard;
  const auto child = guard.Spawn({{"/no/such/program"}, {}, true});
  EXPECT_TRUE(absl::IsNotFound(child.status())) << child.status();
  EXPECT_THAT(std::string(child.status().message()),
              HasSubstr("/no/such/program"));
}

TEST(ProcessGuard, DestructorLeavesNothing) {
  int pid = 0;
  {
    ProcessGuard guard;
    auto child = guard.Spawn(Shell("exec sleep 1000"));
    ASSERT_TRUE(child.ok()) << child.status();
    pid = child->pid;
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

// A process of its own, which a signal ends: a guard with a child that sleeps.
class GuardedProcess {
 public:
  explicit GuardedProcess(bool ignore_hangup = false) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid_ = fork();
    if (pid_ == 0) Live(ends[1], ignore_hangup);
    [[maybe_unused]] const ssize_t n = read(ends[0], &child_, sizeof(child_));
  }

  void Signal(int signal) const { kill(pid_, signal); }
  // Its exit code; -1 unless it exited.
  int Wait() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  bool HasChild() const { return kill(child_, 0) == 0; }

 private:
  [[noreturn]] static void Live(int end, bool ignore_hangup) {
    if (ignore_hangup) std::signal(SIGHUP, SIG_IGN);
    ProcessGuard guard;
    auto child = guard.Spawn(Shell("exec sleep 1000"));
    const int number = child->pid;
    [[maybe_unused]] const ssize_t n = write(end, &number, sizeof(number));
    while (true) pause();
  }

  int pid_ = 0;
  int child_ = 0;
};

TEST(ProcessGuard, AnInterruptEndsTheProgramAndItsChildren) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const GuardedProcess process;
    EXPECT_TRUE(process.HasChild());
    process.Signal(signal);
    EXPECT_EQ(process.Wait(), 128 + signal);
    EXPECT_FALSE(process.HasChild());
  }
}

TEST(ProcessGuard, AHangupThatNohupIgnoresStaysIgnored) {
  const GuardedProcess process(/*ignore_hangup=*/true);
  process.Signal(SIGHUP);
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 128 + SIGTERM);
  EXPECT_FALSE(process.HasChild());
}

}  // namespace
}  // namespace spacemoe
