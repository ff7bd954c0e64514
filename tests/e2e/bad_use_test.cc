// Bad input: the exit code, and an error that says what was expected.
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

struct BadCase {
  const char* name;
  std::vector<std::string> args;
  int exit_code;
  const char* message;
};

class BadUseTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadUseTest, IsTold) {
  const ProgramResult result = Spacemoe(GetParam().args);
  EXPECT_EQ(result.exit_code, GetParam().exit_code) << result.err;
  EXPECT_THAT(result.err, HasSubstr(GetParam().message));
  EXPECT_EQ(result.out, "");
}

std::vector<std::string> On(std::vector<std::string> more,
                            const std::string& prompt = "1,2") {
  std::vector<std::string> args = {"generate", "--model", TinyModel("mixtral"),
                                   "--ids", prompt};
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

std::string PromptOf(int tokens) {
  std::string ids = "1";
  for (int i = 1; i < tokens; ++i) ids += ",1";
  return ids;
}

// In the same words on the ring and in one process.
constexpr char kLongPrompt[] =
    "512 tokens; the model's context of 512 leaves room for at most 511";

INSTANTIATE_TEST_SUITE_P(
    All, BadUseTest,
    ::testing::Values(
        BadCase{"NoCommand", {}, 2, "expected a command: demo"},
        BadCase{"UnknownCommand", {"fly"}, 2, "fly"},
        BadCase{"UnknownFlag", On({"--fast"}), 2, "--fast"},
        BadCase{"NoModel", {"generate", "--ids", "1"}, 2, "--model"},
        BadCase{"NoPrompt",
                {"generate", "--model", TinyModel("mixtral")},
                2,
                "expected a prompt"},
        BadCase{"BadIds", On({}, "1,x"), 2, "found 'x'"},
        BadCase{"NoTokens", On({"--max-tokens", "0"}), 2, "at least 1"},
        BadCase{"Preset", On({"--constellation", "mars"}), 2, "spacemoe-paper"},
        BadCase{"Strategy", On({"--strategy", "best"}), 2, "random-intra"},
        BadCase{"Clock", On({"--clock", "slow"}), 2, "scaled:F"},
        BadCase{"Compute", On({"--compute", "1"}), 2, "modelled:FLOPS"},
        BadCase{"Temperature", On({"--temperature", "-1"}), 2, "at least 0"},
        BadCase{"TopP", On({"--top-p", "2"}), 2, "to 1"},
        BadCase{"Dtype", On({"--dtype", "int8"}), 2, "float32 or bfloat16"},
        BadCase{"NoLinksSurvive",
                {"simulate", "--paper", "--survival", "0"},
                2,
                "at 0 there are no links"},
        BadCase{"NanSurvival",
                {"simulate", "--paper", "--survival", "nan"},
                2,
                "survival must be in (0, 1]"},
        BadCase{"NegativeFlops",
                {"simulate", "--paper", "--flops", "-1"},
                2,
                "positive number"},
        BadCase{"ProfileOfAnotherModel",
                On({"--profile", DemoModel() + "/profile.json"}), 1,
                "the profile is for granitemoeshared"},
        BadCase{
            "ProfileOfAnotherModelSimulated",
            {"simulate", "--paper", "--profile", DemoModel() + "/profile.json"},
            1,
            "the profile is for granitemoeshared"},
        BadCase{"MissingModel",
                {"generate", "--model", "/no/such/model", "--ids", "1"},
                1,
                "/no/such/model"},
        BadCase{"SmallConstellation", On({"--constellation", "tiny"}), 1,
                "does not fit"},
        BadCase{"LittleMemory", On({"--memory", "1K"}), 1, "does not fit"},
        BadCase{"ExpertsFitNowhere",
                On({"--memory", "1K", "--strategy", "compact"}), 1,
                "does not fit"},
        BadCase{"MissingProfile", On({"--profile", "/no/profile.json"}), 1,
                "/no/profile.json"},
        BadCase{"LongPrompt",
                On({"--experts-per-satellite", "8"}, PromptOf(512)), 1,
                kLongPrompt},
        BadCase{"LongPromptLocal", On({"--local"}, PromptOf(512)), 1,
                kLongPrompt},
        BadCase{"LongPromptForLogits",
                {"logits", "--model", TinyModel("mixtral"), "--ids",
                 PromptOf(601), "--out", "/no/logits.safetensors"},
                1,
                "601 tokens, longer than the model's context of 512"},
        BadCase{"OutsideTheVocabulary", On({"--local"}, "1,320"), 1,
                "token id 320"},
        BadCase{"TextWithoutTokenizer",
                {"generate", "--model", TinyModel("mixtral"), "--prompt", "hi",
                 "--local"},
                1,
                "tokenizer"},
        BadCase{"ChatWithoutTokenizerOnTheRing",
                {"generate", "--model", TinyModel("mixtral"), "--chat", "hi",
                 "--experts-per-satellite", "8"},
                1,
                "tokenizer"}),
    [](const auto& info) { return info.param.name; });

// A file of the test's own, removed with it.
class BadFileTest : public ::testing::Test {
 protected:
  ~BadFileTest() override { std::filesystem::remove(path_); }

  ProgramResult SimulateOn(const std::string& constellation) {
    std::ofstream(path_) << constellation;
    return Spacemoe({"simulate", "--constellation", path_, "--slots", "2",
                     "--seeds", "1", "--strategy", "spacemoe"});
  }

  const std::string path_ =
      (std::filesystem::temp_directory_path() /
       ("spacemoe-e2e-sky-" + std::to_string(getpid()) + ".yaml"))
          .string();
};

constexpr char kShell[] =
    "name: mine\nshells:\n  - planes: 12\n    satellites_per_plane: 40\n"
    "    altitude_km: 550\n    inclination_deg: 53\n    pattern: delta\n"
    "    raan_spread_deg: 360\n";

TEST_F(BadFileTest, NamesTheLineOfAnUnknownFieldOfAConstellation) {
  const ProgramResult result =
      SimulateOn(std::string(kShell) + "    phasing: 1\n    colour: red\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr(path_ + ":10:5: shell 1: unknown field 'colour'"));
}

TEST_F(BadFileTest, NamesTheMissingFieldOfAConstellation) {
  const ProgramResult result = SimulateOn(kShell);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              HasSubstr(path_ + ":3:5: shell 1: field 'phasing' is missing"));
}

TEST(Simulate, SaysThatNoSlotIsConnected) {
  const ProgramResult result =
      Spacemoe({"simulate", "--paper", "--survival", "1e-9", "--slots", "3",
                "--seeds", "1", "--strategy", "spacemoe"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("in none of the 3 slots"));
}

TEST(Simulate, SaysThatThereAreFewerSatellitesThanRoles) {
  const ProgramResult result =
      Spacemoe({"simulate", "--constellation", "tiny", "--slots", "3",
                "--seeds", "1", "--strategy", "random,compact"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("random           no plan: "));
  EXPECT_THAT(result.out, HasSubstr("compact          no plan: "));
}

TEST(Help, HasExamplesForEveryCommand) {
  for (const char* command :
       {"demo", "generate", "logits", "tokenize", "render", "convert",
        "inspect", "plan", "profile", "simulate", "bench"}) {
    const ProgramResult result = Spacemoe({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_THAT(result.out, HasSubstr("Example")) << command;
  }
}

TEST(Coordinator, SaysThatAPortIsInUse) {
  const std::vector<std::string> args = {"--model", TinyModel("mixtral"),
                                         "--experts-per-satellite", "8"};
  std::vector<std::string> first_args = args;
  first_args.insert(first_args.end(), {"--listen", "127.0.0.1:0"});
  Program first("spacemoe-coordinator", first_args);
  std::string address;
  ASSERT_TRUE(first.ReadUntil([&address](const ProgramResult& result) {
    const size_t start = result.out.find("listening ");
    const size_t end = result.out.find(" satellites");
    if (start == std::string::npos || end == std::string::npos) return false;
    address = result.out.substr(start + 10, end - start - 10);
    return true;
  }));
  std::vector<std::string> second_args = args;
  second_args.insert(second_args.end(), {"--listen", address});
  const ProgramResult second =
      Program("spacemoe-coordinator", second_args).Wait();
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr(address));
}

TEST(Coordinator, RefusesTheSecondSatelliteOfAnIdentity) {
  Program coordinator(
      "spacemoe-coordinator",
      {"--model", TinyModel("mixtral"), "--experts-per-satellite", "8",
       "--listen", "unix-abstract:spacemoe-e2e-" + std::to_string(getpid())});
  const std::string address =
      "unix-abstract:spacemoe-e2e-" + std::to_string(getpid());
  ASSERT_TRUE(coordinator.ReadUntil([](const ProgramResult& result) {
    return result.out.find("listening") != std::string::npos;
  }));
  const std::vector<std::string> args = {"--coordinator", address, "--index",
                                         "0"};
  Program a("spacemoe-satellite", args);
  Program b("spacemoe-satellite", args);
  // One of them waits for the rest of the ring, the other is sent away.
  Program* twins[] = {&a, &b};
  pollfd ends[] = {{a.err_fd(), POLLIN, 0}, {b.err_fd(), POLLIN, 0}};
  ASSERT_GT(poll(ends, 2, -1), 0);
  const ProgramResult refused = twins[ends[0].revents != 0 ? 0 : 1]->Wait();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("index 0 is taken"));
}

}  // namespace
}  // namespace spacemoe
