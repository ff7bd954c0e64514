// The other commands, through the built program.
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(Demo, ChatsAsTransformersDoesRoundTheRing) {
  std::ifstream file(DemoModel() + "/expected.json");
  const json expected = json::parse(file, nullptr, false)["prompts"];
  std::vector<std::string> args = {"generate",
                                   "--model",
                                   DemoModel(),
                                   "--json",
                                   "--max-tokens",
                                   "24",
                                   "--experts-per-satellite",
                                   "8",
                                   "--links",
                                   "off"};
  for (const auto& prompt : expected) {
    args.insert(args.end(), {"--chat", prompt["chat"]});
  }
  for (const bool local : {true, false}) {
    if (local) args.push_back("--local");
    if (!local) args.pop_back();
    const ProgramResult result = Spacemoe(args);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json sequences = result.Json()["sequences"];
    for (size_t i = 0; i < expected.size(); ++i) {
      json ids = expected[i]["continuation"];
      if (ids.size() > 24) ids.erase(ids.begin() + 24, ids.end());
      EXPECT_EQ(sequences[i]["prompt_ids"], expected[i]["input_ids"]);
      EXPECT_EQ(sequences[i]["ids"], ids) << i << " local " << local;
      EXPECT_THAT(expected[i]["text"].get<std::string>(),
                  HasSubstr(sequences[i]["text"].get<std::string>()));
    }
  }
}

TEST(Demo, StreamsAnAnswerAndPrintsTheTable) {
  const ProgramResult result =
      Spacemoe({"demo", "--experts-per-satellite", "8", "--max-tokens", "4",
                "--chat", "What is the capital of France?"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "The capital of France\n");
  EXPECT_THAT(result.err, HasSubstr("30 satellites"));
  EXPECT_THAT(result.err, HasSubstr("propagation"));
  EXPECT_THAT(result.err, HasSubstr("tokens/s"));
}

TEST(Verify, ComparesWithTheExpectedSet) {
  const std::string mixtral = TinyModel("mixtral");
  std::vector<std::string> args = {"verify", "--model", mixtral, "--expected",
                                   mixtral};
  const ProgramResult local = Spacemoe(args);
  EXPECT_EQ(local.exit_code, 0) << local.out << local.err;
  EXPECT_THAT(local.out, HasSubstr("continuation"));
  args.insert(args.end(), {"--links", "off"});
  const ProgramResult ring = Spacemoe(args);
  EXPECT_EQ(ring.exit_code, 0) << ring.out << ring.err;
  EXPECT_EQ(ring.out, local.out);
  const ProgramResult strict =
      Spacemoe({"verify", "--model", mixtral, "--expected", mixtral,
                "--logits-tolerance", "1e-12"});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_THAT(strict.out, HasSubstr("FAILED"));
}

// Two layers against three: a table that says so.
TEST(Verify, PrintsItsTableWhenLayersDiffer) {
  const ProgramResult result =
      Spacemoe({"verify", "--model", TinyModel("mixtral"), "--expected",
                TinyModel("mixtral_tied")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("continuation"));
  EXPECT_THAT(result.out, HasSubstr("is missing in"));
}

TEST(Tokenize, GoesThereAndBack) {
  const ProgramResult result = Spacemoe(
      {"tokenize", "--model", DemoModel()},
      {.input = "{\"text\": \"Hello world\"}\n{\"text\": \"<|im_end|>\"}\n"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out.substr(0, result.out.find('\n')))["decoded"],
            "Hello world");
  EXPECT_THAT(result.out, HasSubstr("\"ids\":[2]"));
}

TEST(Render, AppliesTheChatTemplate) {
  const ProgramResult result = Spacemoe(
      {"render", "--model", DemoModel()},
      {.input = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], "
                "\"add_generation_prompt\": true}\n"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("<|im_start|>user\\nHi<|im_end|>"));
}

TEST(Inspect, TellsWhatACheckpointHolds) {
  const ProgramResult result = Spacemoe({"inspect", DemoModel(), "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_FALSE(result.Json().is_discarded()) << result.out;
  EXPECT_EQ(Spacemoe({"inspect", "/no/such/model"}).exit_code, 1);
}

TEST(Plan, PredictsATokensLap) {
  const ProgramResult result =
      Spacemoe({"plan", "--model", DemoModel(), "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json plan = result.Json();
  EXPECT_EQ(plan["feasible"], true);
  EXPECT_EQ(plan["satellites"], 270);
  EXPECT_GT(plan["predicted_per_token_ms"].get<double>(), 100);
}

TEST(Plan, SaysWhyItDoesNotFit) {
  const ProgramResult result = Spacemoe(
      {"plan", "--model", DemoModel(), "--constellation", "tiny", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.Json()["feasible"], false);
  EXPECT_NE(result.Json()["reason"], "");
}

TEST(Profile, MeasuresWhatPlansRead) {
  const std::string out = ::testing::TempDir() + "/profile.json";
  const ProgramResult result = Spacemoe(
      {"profile", "--model", DemoModel(), "--text", "-", "--out", out,
       "--tokens", "40"},
      {.input = "The satellite went round the Earth, and round again. It saw "
                "the sea, the clouds and the night, and the lights of cities "
                "that never sleep. Nobody had told it how far it was."});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  std::ifstream file(out);
  const json profile = json::parse(file, nullptr, false);
  EXPECT_EQ(profile["tokens"], 40);
  const ProgramResult plan =
      Spacemoe({"plan", "--model", DemoModel(), "--profile", out, "--compute",
                "modelled:20G", "--json"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_EQ(plan.Json()["profile"], out);
}

TEST(Profile, MakesUpWhatSimulationsRead) {
  const std::string path = ::testing::TempDir() + "/e2e_synthetic.json";
  const ProgramResult made = Spacemoe({"profile", "--synthetic", "--layers",
                                       "6", "--skew", "1", "--out", path});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const ProgramResult result =
      Spacemoe({"simulate", "--layers", "6", "--profile", path, "--slots", "4",
                "--seeds", "1", "--strategy", "spacemoe,expected-max,compact",
                "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json report = result.Json();
  double before = 1e9;
  for (const auto& strategy : report["strategies"]) {
    const double mean = strategy["per_token_ms"]["mean"];
    EXPECT_LE(mean, before + 1e-6) << strategy["strategy"];
    before = mean;
  }
  EXPECT_LE(report["lower_bound_ms"].get<double>(), before);
}

TEST(Simulate, SaysWhatIsWrong) {
  const ProgramResult survival = Spacemoe({"simulate", "--survival", "0"});
  EXPECT_EQ(survival.exit_code, 2);
  EXPECT_THAT(survival.err, HasSubstr("at 0 there are no links"));
  const ProgramResult cut =
      Spacemoe({"simulate", "--layers", "4", "--survival", "1e-9", "--slots",
                "3", "--seeds", "1", "--strategy", "spacemoe"});
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_THAT(cut.out, HasSubstr("in none of the 3 slots"));
}

TEST(Generate, ThePlacementChangesNoToken) {
  std::vector<json> ids;
  for (const char* strategy : {"spacemoe", "compact", "expected-max"}) {
    const ProgramResult result = Spacemoe(
        {"generate", "--model", DemoModel(), "--prompt", "Once upon a time",
         "--max-tokens", "4", "--links", "off", "--experts-per-satellite", "8",
         "--strategy", strategy, "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    ids.push_back(result.Json()["ids"]);
    EXPECT_EQ(ids.back(), ids.front()) << strategy;
  }
}

TEST(Convert, MakesAFolderThatGeneratesTheSame) {
  const std::string out = ::testing::TempDir() + "/converted";
  std::filesystem::remove_all(out);
  const std::string gguf =
      std::string(SPACEMOE_TESTDATA) + "/gguf/granitemoeshared-f32.gguf";
  ASSERT_EQ(Spacemoe({"convert", gguf, out}).exit_code, 0);
  const auto ids = [](const std::string& model) {
    return Spacemoe({"generate", "--model", model, "--ids", "4,5,6", "--local",
                     "--json", "--ignore-eos", "--max-tokens", "8"})
        .Json()["ids"];
  };
  EXPECT_EQ(ids(out), ids(gguf));
  EXPECT_EQ(ids(gguf).size(), 8);
}

}  // namespace
}  // namespace spacemoe
