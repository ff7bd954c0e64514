// `spacemoe generate`: the ring of real processes against one process and
// against what transformers computes.
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

json Expected(const std::string& model) {
  std::ifstream file(TinyModel(model) + "/expected.json");
  return json::parse(file, nullptr, false);
}

std::string Ids(const json& ids) {
  std::string text;
  for (const auto& id : ids) {
    if (!text.empty()) text += ",";
    text += std::to_string(id.get<int64_t>());
  }
  return text;
}

std::vector<std::string> Generate(const std::string& model,
                                  std::vector<std::string> more) {
  std::vector<std::string> args = {"generate", "--model", model, "--json"};
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

json RunJson(const std::string& model, std::vector<std::string> more) {
  const ProgramResult result = Spacemoe(Generate(model, std::move(more)));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "") << "quiet in a pipe";
  json parsed = result.Json();
  EXPECT_FALSE(parsed.is_discarded()) << result.out;
  return parsed;
}

class FixtureTest : public ::testing::TestWithParam<const char*> {};

TEST_P(FixtureTest, RingAndOneProcessContinueAsTransformersDoes) {
  const json expected = Expected(GetParam());
  for (const bool local : {true, false}) {
    std::vector<std::string> args;
    for (const auto& prompt : expected["prompts"]) {
      args.insert(args.end(), {"--ids", Ids(prompt["input_ids"])});
    }
    const size_t length = expected["prompts"][0]["continuation"].size();
    args.insert(args.end(), {"--max-tokens", std::to_string(length),
                             "--experts-per-satellite", "8"});
    if (local) args.push_back("--local");
    if (!local) args.insert(args.end(), {"--links", "off"});
    const json result = RunJson(TinyModel(GetParam()), args);
    ASSERT_EQ(result["sequences"].size(), expected["prompts"].size());
    for (size_t i = 0; i < expected["prompts"].size(); ++i) {
      const json& prompt = expected["prompts"][i];
      EXPECT_EQ(result["sequences"][i]["prompt_ids"], prompt["input_ids"]);
      EXPECT_EQ(result["sequences"][i]["ids"], prompt["continuation"])
          << "prompt " << i << (local ? ", local" : ", ring");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Families, FixtureTest,
                         ::testing::Values("granitemoeshared", "granitemoe",
                                           "mixtral"));

TEST(Generate, SaysThatItSkipsMultiTokenPrediction) {
  for (const bool local : {true, false}) {
    std::vector<std::string> args = {"--ids", "5,9", "--max-tokens", "1"};
    if (local) args.push_back("--local");
    if (!local) args.insert(args.end(), {"--links", "off"});
    const ProgramResult result =
        Spacemoe(Generate(TinyModel("deepseek_v3_yarn_mtp"), args));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, ContainsRegex("^note: [0-9]+ tensors of "
                                          "multi-token prediction are "
                                          "skipped\n$"));
  }
}

TEST(Generate, PlacementAndSplitDoNotChangeAText) {
  const std::string model = TinyModel("granitemoeshared");
  const std::vector<std::string> prompt = {"--ids", "5,9,14,3", "--max-tokens",
                                           "12", "--ignore-eos"};
  std::vector<std::string> args = prompt;
  args.push_back("--local");
  const json local = RunJson(model, args)["ids"];
  EXPECT_EQ(local.size(), 12);
  const std::vector<std::vector<std::string>> rings = {
      {"--experts-per-satellite", "3"},
      {"--strategy", "random", "--placement-seed", "4", "--links", "off"},
      {"--constellation", "starlink-s1", "--experts-per-satellite", "8",
       "--clock", "scaled:2"},
  };
  for (const auto& ring : rings) {
    args = prompt;
    args.insert(args.end(), ring.begin(), ring.end());
    EXPECT_EQ(RunJson(model, args)["ids"], local) << ring[1];
  }
}

TEST(Generate, ManyTogetherAreAsOneAfterAnother) {
  const std::string model = TinyModel("mixtral");
  std::vector<std::string> args;
  for (int i = 0; i < 6; ++i) {
    args.insert(args.end(), {"--ids", std::to_string(10 + i) + ",7,9"});
  }
  args.insert(args.end(), {"--max-tokens", "10", "--ignore-eos",
                           "--temperature", "0.9", "--seed", "11",
                           "--experts-per-satellite", "8", "--links", "off"});
  const json together = RunJson(model, args)["sequences"];
  args.insert(args.end(), {"--parallel", "1"});
  EXPECT_EQ(RunJson(model, args)["sequences"], together);
  args.push_back("--local");
  EXPECT_EQ(RunJson(model, args)["sequences"], together);
}

TEST(Generate, SeedsDecideWhatIsDrawn) {
  const std::string model = TinyModel("mixtral");
  const auto draw = [&model](const std::string& seed) {
    return RunJson(model, {"--ids", "3,4,5", "--local", "--ignore-eos",
                           "--temperature", "1.5", "--seed", seed})["ids"];
  };
  const json first = draw("1");
  EXPECT_EQ(first.size(), 64) << "the default length";
  EXPECT_EQ(draw("1"), first);
  EXPECT_NE(draw("2"), first);
}

TEST(Generate, TellsWhereEveryMillisecondWent) {
  const json result = RunJson(TinyModel("mixtral"),
                              {"--ids", "3,4,5", "--max-tokens", "8",
                               "--ignore-eos", "--experts-per-satellite", "4"});
  EXPECT_EQ(result["satellites"], 9);
  EXPECT_EQ(result["constellation"], "spacemoe-paper");
  EXPECT_EQ(result["strategy"], "spacemoe");
  EXPECT_EQ(result["finish_reason"], "length");
  EXPECT_TRUE(result["text"].is_null());
  const json& timing = result["timing"];
  double sum = 0;
  for (const char* part : {"propagation", "processing", "serialization",
                           "queueing", "compute", "software"}) {
    ASSERT_TRUE(timing["breakdown_ms"].contains(part)) << part;
    EXPECT_GE(timing["breakdown_ms"][part].get<double>(), 0) << part;
    sum += timing["breakdown_ms"][part].get<double>();
  }
  const double mean = timing["per_token_ms"]["mean"].get<double>();
  EXPECT_NEAR(sum, mean, 1e-6 * mean);
  EXPECT_GT(timing["breakdown_ms"]["propagation"].get<double>(), 1)
      << "three layers of an Earth orbit";
  for (const char* field : {"p50", "p95", "p99"}) {
    EXPECT_GT(timing["per_token_ms"][field].get<double>(), 0) << field;
  }
  EXPECT_GT(timing["time_to_first_token_ms"].get<double>(), 0);
  EXPECT_GT(timing["tokens_per_second"].get<double>(), 0);
  EXPECT_GT(timing["wall_seconds"].get<double>(), 0);
  EXPECT_GT(timing["links"]["messages"].get<int>(), 8 * 3);
  EXPECT_GE(timing["links"]["late_us"]["p99"].get<double>(), 0);
}

TEST(Generate, LinksOffTakesNoTimeOnLinks) {
  const json result = RunJson(
      TinyModel("mixtral"), {"--ids", "3", "--max-tokens", "3", "--ignore-eos",
                             "--experts-per-satellite", "8", "--links", "off"});
  EXPECT_EQ(result["timing"]["breakdown_ms"]["propagation"], 0);
  EXPECT_EQ(result["timing"]["breakdown_ms"]["processing"], 0);
}

TEST(Generate, ModelledComputeIsBookedAsSuch) {
  const json result = RunJson(
      TinyModel("mixtral"), {"--ids", "3", "--max-tokens", "3", "--ignore-eos",
                             "--experts-per-satellite", "8", "--links", "off",
                             "--compute", "modelled:10M"});
  // Three layers and the head at ten million operations a second.
  EXPECT_GT(result["timing"]["breakdown_ms"]["compute"].get<double>(), 10);
}

TEST(Generate, OneProcessBooksAllAsCompute) {
  const json result =
      RunJson(TinyModel("mixtral"),
              {"--ids", "3", "--max-tokens", "4", "--ignore-eos", "--local"});
  EXPECT_TRUE(result["constellation"].is_null());
  EXPECT_TRUE(result["strategy"].is_null());
  EXPECT_DOUBLE_EQ(result["timing"]["breakdown_ms"]["compute"].get<double>(),
                   result["timing"]["per_token_ms"]["mean"].get<double>());
  EXPECT_EQ(result["timing"]["links"]["messages"], 0);
}

TEST(Generate, PrintsIdsWhereThereIsNoTokenizer) {
  const ProgramResult result =
      Spacemoe({"generate", "--model", TinyModel("mixtral"), "--ids", "3",
                "--max-tokens", "2", "--ignore-eos", "--local"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, ::testing::MatchesRegex("[0-9]+,[0-9]+\n"));
  EXPECT_EQ(result.err, "");
}

TEST(Logits, AreTheSameBitsOnTheRing) {
  const std::string dir = ::testing::TempDir();
  const auto logits = [&dir](const std::string& name,
                             std::vector<std::string> more) {
    const std::string path = dir + "/" + name + ".safetensors";
    std::vector<std::string> args = {
        "logits", "--model",       TinyModel("granitemoeshared"),
        "--ids",  "5,9,14,3,77,8", "--out",
        path};
    args.insert(args.end(), more.begin(), more.end());
    const ProgramResult result = Spacemoe(args);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string local = logits("local", {});
  EXPECT_THAT(local, HasSubstr("\"logits\""));
  EXPECT_THAT(local, HasSubstr("[6,320]"));
  EXPECT_EQ(logits("ring", {"--links", "off", "--experts-per-satellite", "2"}),
            local);
}

}  // namespace
}  // namespace spacemoe
