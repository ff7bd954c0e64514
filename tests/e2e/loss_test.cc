// Death and interruption: an error that names the dead, and nothing left.
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

void ExpectNothingLeft(int spacemoe_pid) {
  EXPECT_EQ(FindRing(spacemoe_pid).count(), 0);
  EXPECT_EQ(CountSockets(spacemoe_pid), 0);
}

// A text that would take minutes, streaming to a terminal.
std::vector<std::string> LongStory() {
  return {"generate", "--model",          DemoModel(),
          "--prompt", "Once upon a time", "--max-tokens",
          "2000",     "--ignore-eos",     "--experts-per-satellite",
          "8"};
}

// What the progress line and the text look like before the first words.
bool HasText(const ProgramResult& result) {
  return result.out.find("satellites are ready") != std::string::npos &&
         result.out.rfind("\033[K") != std::string::npos &&
         result.out.size() > result.out.rfind("\033[K") + 3 + 8;
}

class MidGeneration : public ::testing::Test {
 protected:
  MidGeneration()
      : program_("spacemoe", LongStory(), {.input = "", .terminal = true}) {}

  void ReachTheText() {
    ASSERT_TRUE(program_.ReadUntil(HasText));
    ring_ = FindRing(program_.pid());
    ASSERT_EQ(ring_.satellites.size(), 30);
  }

  Program program_;
  RingProcesses ring_;
};

TEST_F(MidGeneration, AKilledSatelliteIsNamedWithItsRoleAndTheSignal) {
  ReachTheText();
  const int victim = ring_.satellites[17];
  kill(victim, SIGKILL);
  const ProgramResult result = program_.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("satellite "));
  EXPECT_THAT(result.out, HasSubstr("gateway, experts 0-7"));
  EXPECT_THAT(result.out, HasSubstr("pid " + std::to_string(victim) +
                                    ") lost: killed by signal 9 (SIGKILL)"));
  ExpectNothingLeft(program_.pid());
}

TEST_F(MidGeneration, AKilledCoordinatorIsNamed) {
  ReachTheText();
  kill(ring_.coordinator, SIGKILL);
  const ProgramResult result = program_.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("the coordinator (pid " +
                                    std::to_string(ring_.coordinator) +
                                    ") killed by signal 9 (SIGKILL)"));
  ExpectNothingLeft(program_.pid());
}

TEST_F(MidGeneration, AKilledParentOfTheSatellitesEndsTheRun) {
  ReachTheText();
  kill(ring_.parent, SIGKILL);
  const ProgramResult result = program_.Wait();
  EXPECT_EQ(result.exit_code, 1);
  ExpectNothingLeft(program_.pid());
}

TEST_F(MidGeneration, AnInterruptLeavesNothing) {
  ReachTheText();
  program_.Signal(SIGINT);
  const ProgramResult result = program_.Wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.out.find("lost"), std::string::npos) << result.out;
  ExpectNothingLeft(program_.pid());
}

TEST_F(MidGeneration, KillingTheCommandItselfLeavesNothing) {
  ReachTheText();
  program_.Signal(SIGKILL);
  // Satellites die with their parent, that with the command: when the last has
  // gone its terminal ends. A dying process loses its command line first, its
  // sockets later.
  EXPECT_EQ(program_.Wait().exit_code, 128 + SIGKILL);
  while (FindRing(program_.pid()).count() > 0) sched_yield();
  while (CountSockets(program_.pid()) > 0) sched_yield();
  ExpectNothingLeft(program_.pid());
}

// At moments of the start that can be seen from outside.
class StartupInterrupt : public ::testing::TestWithParam<size_t> {};

TEST_P(StartupInterrupt, LeavesNothing) {
  Program program("spacemoe",
                  {"generate", "--model", TinyModel("mixtral"), "--ids", "1,2",
                   "--max-tokens", "400", "--ignore-eos"});
  while (FindRing(program.pid()).count() < GetParam()) sched_yield();
  program.Signal(SIGTERM);
  const ProgramResult result = program.Wait();
  EXPECT_EQ(result.exit_code, 143) << result.err;
  ExpectNothingLeft(program.pid());
}

INSTANTIATE_TEST_SUITE_P(Processes, StartupInterrupt,
                         ::testing::Values(1, 2, 5, 20, 29));

// At moments that cannot: before and after the first process is there.
class EarlyInterrupt : public ::testing::TestWithParam<int> {};

TEST_P(EarlyInterrupt, LeavesNothing) {
  Program program("spacemoe",
                  {"generate", "--model", TinyModel("mixtral"), "--ids", "1,2",
                   "--max-tokens", "400", "--ignore-eos"});
  usleep(GetParam() * 1000);
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait().exit_code, 130);
  ExpectNothingLeft(program.pid());
}

INSTANTIATE_TEST_SUITE_P(Milliseconds, EarlyInterrupt,
                         ::testing::Values(0, 1, 2, 5, 10, 20, 30, 40, 50, 60,
                                           70, 80, 90, 100, 150, 200, 300));

// A job in the background of a script inherits interrupts that are ignored.
TEST(Interrupt, EndsACommandThatWasStartedToIgnoreIt) {
  std::signal(SIGINT, SIG_IGN);
  Program program("spacemoe", {"tokenize", "--model", DemoModel()},
                  {.input = "{\"text\": \"a\"}\n", .keep_open = true});
  std::signal(SIGINT, SIG_DFL);
  ASSERT_TRUE(program.ReadUntil(
      [](const ProgramResult& result) { return result.out.ends_with('\n'); }));
  program.Signal(SIGINT);
  EXPECT_EQ(program.Wait().exit_code, 130);
}

TEST(Startup, ASatelliteKilledBeforeTheRingIsReadyIsNamed) {
  Program program("spacemoe",
                  {"generate", "--model", TinyModel("mixtral"), "--ids", "1,2",
                   "--max-tokens", "400", "--ignore-eos"});
  RingProcesses ring;
  while ((ring = FindRing(program.pid())).satellites.size() < 3) sched_yield();
  kill(ring.satellites[0], SIGKILL);
  const ProgramResult result = program.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr("pid " + std::to_string(ring.satellites[0]) +
                        ") lost: killed by signal 9 (SIGKILL)"));
  ExpectNothingLeft(program.pid());
}

TEST(Finish, LeavesNothing) {
  Program program("spacemoe", {"generate", "--model", TinyModel("mixtral"),
                               "--ids", "1,2", "--max-tokens", "2"});
  EXPECT_EQ(program.Wait().exit_code, 0);
  ExpectNothingLeft(program.pid());
}

}  // namespace
}  // namespace spacemoe
