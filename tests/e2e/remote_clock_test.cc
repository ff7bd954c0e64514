// Satellites whose monotonic clock is not the coordinator's, as on another
// host: a time namespace gives them one.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/client/coordinator_client.h"
#include "gtest/gtest.h"
#include "runtime/net/grpc_settings.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

// Seconds that the satellites' clock is ahead.
constexpr char kAhead[] = "100000";

std::vector<std::string> Unshare(std::vector<std::string> command) {
  std::vector<std::string> args = {"--time", "--fork", "--kill-child",
                                   "--monotonic", kAhead};
  args.insert(args.end(), command.begin(), command.end());
  return args;
}

bool CanUnshare() {
  return Program("/usr/bin/unshare", Unshare({"true"})).Wait().exit_code == 0;
}

TEST(RemoteClock, ARingOfTwoClocksKeepsTheLinksTimes) {
  if (!CanUnshare()) GTEST_SKIP() << "needs root and time namespaces";
  const std::string model = TinyModel("mixtral");
  const std::string address =
      absl::StrCat("unix-abstract:remote-clock-test-", getpid());
  Program coordinator(
      "spacemoe-coordinator",
      {"--model", model, "--listen", address, "--experts-per-satellite", "8"});
  int satellites = 0;
  ASSERT_TRUE(coordinator.ReadUntil([&](const ProgramResult& result) {
    const size_t at = result.out.find("satellites ");
    if (at == std::string::npos || result.out.back() != '\n') return false;
    satellites = std::stoi(result.out.substr(at + 11));
    return true;
  }));
  // One of the host's own, all others of the other clock.
  Program near("spacemoe-satellite",
               {"--coordinator", address, "--index", "0"});
  Program far(
      "/usr/bin/unshare",
      Unshare({BuiltProgram("spacemoe-satellite"), "--coordinator", address,
               "--fork", absl::StrCat(satellites - 1), "--first-index", "1"}),
      {.keep_open = true});

  PrepareGrpc();
  CoordinatorClient client(address);
  ASSERT_TRUE(client.WatchStartup([](const v1::StartupEvent&) {}).ok());
  const auto description = client.Describe();
  ASSERT_TRUE(description.ok()) << description.status();
  EXPECT_EQ(description->remote_clocks(), satellites - 1);
  EXPECT_GT(description->clock_uncertainty_ns(), 0);

  v1::GenerateRequest request;
  request.mutable_tokens()->add_ids(1);
  request.set_max_tokens(8);
  request.set_ignore_eos(true);
  int tokens = 0;
  const absl::Status status =
      client.Generate(request, [&](const v1::GenerateEvent& event) {
        if (!event.has_token()) return true;
        ++tokens;
        const v1::LatencyBreakdown& lap = event.token().lap();
        // A clock that is off by hours would show here.
        EXPECT_LT(std::abs(lap.software_ns()), 10'000'000'000);
        EXPECT_GT(lap.propagation_ns(), 0);
        EXPECT_EQ(lap.propagation_ns() + lap.processing_ns() +
                      lap.serialization_ns() + lap.queueing_ns() +
                      lap.compute_ns() + lap.software_ns(),
                  event.token().lap_ns());
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(tokens, 8);
}

}  // namespace
}  // namespace spacemoe
