// The program itself.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/unique_fd.h"
#include "runtime/net/server_host.h"
#include "satellite_node/messages.h"
#include "spacemoe/v1/membership.grpc.pb.h"

namespace spacemoe {
namespace {

struct Result {
  int exit = -1;
  std::string output;  // stdout and stderr
};

struct Running {
  pid_t pid = 0;
  UniqueFd output;
  UniqueFd input;
};

// Starts spacemoe-satellite with its stdin open for as long as it lives.
Running StartSatellite(std::vector<std::string> args) {
  args.insert(args.begin(),
              absl::StrCat(SPACEMOE_BIN_DIR, "/spacemoe-satellite"));
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  int out[2], in[2];
  EXPECT_EQ(pipe(out), 0);
  EXPECT_EQ(pipe(in), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(out[1], STDERR_FILENO);
    for (int fd : {in[0], in[1], out[0], out[1]}) close(fd);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(out[1]);
  close(in[0]);
  return {pid, UniqueFd(out[0]), UniqueFd(in[1])};
}

Result WaitFor(Running running) {
  Result result;
  char bytes[4096];
  ssize_t got;
  while ((got = read(running.output.get(), bytes, sizeof(bytes))) > 0)
    result.output.append(bytes, got);
  int status = 0;
  EXPECT_EQ(waitpid(running.pid, &status, 0), running.pid);
  if (WIFEXITED(status)) result.exit = WEXITSTATUS(status);
  return result;
}

Result RunSatellite(std::vector<std::string> args) {
  return WaitFor(StartSatellite(std::move(args)));
}

std::string ReadProc(pid_t pid, const char* file) {
  std::ifstream in(absl::StrCat("/proc/", pid, "/", file));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Nobody() { return absl::StrCat("unix-abstract:nobody-", getpid()); }

TEST(Program, HelpShowsExamples) {
  const Result result = RunSatellite({"--help"});
  EXPECT_EQ(result.exit, 0);
  EXPECT_THAT(result.output, testing::HasSubstr("Examples:"));
}

TEST(Program, BadUseExitsWithTwo) {
  EXPECT_EQ(RunSatellite({}).exit, 2);
  EXPECT_EQ(RunSatellite({"--coordinator", "nonsense"}).exit, 2);
  EXPECT_EQ(RunSatellite({"--coordinator", "a:1", "--fork", "0"}).exit, 2);
  EXPECT_EQ(RunSatellite({"--coordinator", "a:1", "--index", "-1"}).exit, 2);
  EXPECT_EQ(
      RunSatellite({"--coordinator", "a:1", "--fork", "2", "--index", "1"})
          .exit,
      2);
  const Result unknown = RunSatellite({"--coordinator", "a:1", "--wings"});
  EXPECT_EQ(unknown.exit, 2);
  EXPECT_THAT(unknown.output, testing::HasSubstr("--wings"));
}

// It executes itself when the environment lets libraries start threads.
TEST(Program, KeepsItsNameWhenItExecutesItself) {
  unsetenv("OMP_NUM_THREADS");
  Running running = StartSatellite({"--coordinator", Nobody()});
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!absl::StrContains(ReadProc(running.pid, "environ"),
                            "OMP_NUM_THREADS=1") &&
         absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(ReadProc(running.pid, "comm"), "spacemoe-satell\n");
  kill(running.pid, SIGKILL);
  WaitFor(std::move(running));
}

TEST(Program, NamesTheCoordinatorThatDoesNotAnswer) {
  const Result result =
      RunSatellite({"--coordinator", Nobody(), "--connect-timeout", "0.2"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.output, testing::HasSubstr(Nobody()));
}

// A name may become known later: it is no error until the time is over.
TEST(Program, WaitsForACoordinatorWhoseNameIsNotKnownYet) {
  const Result result =
      RunSatellite({"--coordinator", "nobody.invalid:7300", "--insecure",
                    "--connect-timeout", "0.2"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.output,
              testing::HasSubstr("the coordinator does not answer: cannot "
                                 "connect to nobody.invalid:7300 within"));
  EXPECT_THAT(result.output, testing::HasSubstr("the host nobody.invalid: "));
}

TEST(Program, ForkedSatellitesAllEndWithoutACoordinator) {
  const Result result = RunSatellite(
      {"--coordinator", Nobody(), "--connect-timeout", "0.2", "--fork", "5",
       "--model", absl::StrCat(SPACEMOE_TESTDATA, "/models/mixtral")});
  EXPECT_EQ(result.exit, 1);
  for (int index = 0; index < 5; ++index) {
    EXPECT_THAT(result.output,
                testing::ContainsRegex(absl::StrCat(
                    "\"index\":", index, ",\"pid\":[0-9]+,\"exit\":1")));
  }
}

TEST(Program, AMissingModelStopsTheParentBeforeItForks) {
  const Result result = RunSatellite(
      {"--coordinator", Nobody(), "--fork", "5", "--model", "/no/such/model"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.output, testing::HasSubstr("/no/such/model"));
  EXPECT_THAT(result.output, testing::Not(testing::HasSubstr("index")));
}

// Answers every Hello with the same.
class OneAnswer final : public v1::Membership::CallbackService {
 public:
  explicit OneAnswer(v1::CoordinatorMessage answer)
      : answer_(std::move(answer)) {}

  grpc::ServerBidiReactor<v1::SatelliteMessage, v1::CoordinatorMessage>* Attach(
      grpc::CallbackServerContext*) override {
    return new Session(&answer_);
  }

 private:
  class Session final : public grpc::ServerBidiReactor<v1::SatelliteMessage,
                                                       v1::CoordinatorMessage> {
   public:
    explicit Session(const v1::CoordinatorMessage* answer) : answer_(answer) {
      StartRead(&hello_);
    }
    void OnReadDone(bool ok) override {
      if (!ok || !hello_.has_hello() || hello_.hello().pid() == 0 ||
          hello_.hello().clock_id().empty()) {
        return Finish(
            grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no hello"));
      }
      if (answer_->message_case() == v1::CoordinatorMessage::MESSAGE_NOT_SET) {
        return Finish(grpc::Status(grpc::StatusCode::ALREADY_EXISTS,
                                   "another satellite is 3"));
      }
      StartWrite(answer_);
    }
    void OnWriteDone(bool) override { Finish(grpc::Status::OK); }
    void OnDone() override { delete this; }

   private:
    const v1::CoordinatorMessage* const answer_;
    v1::SatelliteMessage hello_;
  };

  const v1::CoordinatorMessage answer_;
};

class ProgramWithCoordinator : public testing::Test {
 protected:
  // The program's result with a coordinator that gives `answer`.
  Result RunWith(v1::CoordinatorMessage answer,
                 std::vector<std::string> more = {}) {
    OneAnswer service(std::move(answer));
    auto host = ServerHost::Start(
        {.address = absl::StrCat("unix-abstract:program-test-", getpid()),
         .services = {&service}});
    EXPECT_TRUE(host.ok()) << host.status();
    std::vector<std::string> args = {"--coordinator", (*host)->address()};
    args.insert(args.end(), more.begin(), more.end());
    return RunSatellite(args);
  }
};

TEST_F(ProgramWithCoordinator, ATakenIdentityIsAClearError) {
  const Result result = RunWith({}, {"--index", "3"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.output, testing::HasSubstr("another satellite is 3"));
}

TEST_F(ProgramWithCoordinator, APortInUseIsAClearError) {
  OneAnswer service({});
  auto taken =
      ServerHost::Start({.address = "127.0.0.1:0", .services = {&service}});
  ASSERT_TRUE(taken.ok()) << taken.status();
  const Result result = RunWith({}, {"--listen", (*taken)->address()});
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.output, testing::HasSubstr((*taken)->address()));
  EXPECT_THAT(result.output, testing::HasSubstr("in use"));
}

TEST_F(ProgramWithCoordinator, ABrokenAssignmentIsAClearError) {
  v1::CoordinatorMessage answer;
  answer.mutable_assignment();
  const Result result = RunWith(answer);
  EXPECT_EQ(result.exit, 1);
  EXPECT_THAT(result.output, testing::HasSubstr("assignment"));
}

}  // namespace
}  // namespace spacemoe
