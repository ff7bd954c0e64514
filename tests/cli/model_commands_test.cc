#include "cli/convert_command.h"
#include "cli/inspect_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string kDemo = SPACEMOE_SOURCE_DIR "/models/demo";
const std::string kMixtral = SPACEMOE_TESTDATA "/models/mixtral";
const std::string kQuantised = SPACEMOE_TESTDATA "/gguf/mixtral_tied-q5_1.gguf";

TEST(InspectCommand, TellsTheDemoToPeople) {
  const auto report = Inspect(kDemo);
  ASSERT_TRUE(report.ok()) << report.status();
  const std::string text = InspectText(*report);
  EXPECT_THAT(text, HasSubstr("granitemoeshared, GGUF"));
  EXPECT_THAT(text, HasSubstr("30, hidden size 576"));
  EXPECT_THAT(text, HasSubstr("8 a layer, top-2"));
  EXPECT_THAT(text, HasSubstr("134.7 M, 114.7 M used for a token"));
  EXPECT_THAT(text, HasSubstr("Q4_1 240 (49.8 MB)"));
  EXPECT_THAT(text, HasSubstr("with a chat template"));
}

TEST(InspectCommand, TellsTheDemoToPrograms) {
  const auto report = Inspect(kDemo);
  ASSERT_TRUE(report.ok()) << report.status();
  const json out = json::parse(InspectJson(*report));
  EXPECT_EQ(out["layers"], 30);
  EXPECT_EQ(out["experts"], 8);
  EXPECT_EQ(out["experts_per_token"], 2);
  EXPECT_EQ(out["stored"]["Q8_0"]["tensors"], 1);
  EXPECT_EQ(out["parameters"]["total"], 134653248);
  EXPECT_EQ(out["bytes"]["expert"], 64 * 576 / 32 * (20 + 20 + 24));
  const json& satellites = out["bytes_per_satellite"];
  EXPECT_EQ(satellites["all_experts"]["layer"],
            out["bytes"]["gateway"].get<int>() +
                8 * out["bytes"]["expert"].get<int>());
  EXPECT_EQ(
      satellites["one_expert"]["first_gateway"],
      out["bytes"]["gateway"].get<int>() + out["bytes"]["head"].get<int>());
  EXPECT_EQ(out["tokenizer"]["chat_template"], true);
}

TEST(InspectCommand, CountsAllBytesOfAFolder) {
  const auto report = Inspect(kMixtral);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->total_bytes, report->total_parameters * 4);
  EXPECT_EQ(report->stored.at("F32").bytes, report->total_bytes);
  EXPECT_EQ(report->tokenizer.kind, "none");
}

TEST(InspectCommand, NamesWhatIsMissing) {
  EXPECT_EQ(Inspect("/nonexistent").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ConvertCommand, WritesAFolderThatOpens) {
  const TempDir dir;
  const auto summary =
      RunConvert({kQuantised, dir.File("out"), "bfloat16"}, nullptr);
  ASSERT_TRUE(summary.ok()) << summary.status();
  const auto report = Inspect(dir.File("out"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->config.stored_dtype, "bfloat16");
  EXPECT_GT(report->stored.at("BF16").tensors, 0);
  EXPECT_THAT(ConvertSummaryText(*summary), HasSubstr("40 tensors"));
  EXPECT_THAT(ConvertSummaryText(*summary), HasSubstr("no tokenizer.json: "));
}

TEST(ConvertCommand, RefusesWhatItCannotDo) {
  const TempDir dir;
  const auto dtype = RunConvert({kQuantised, dir.File("a"), "int8"}, nullptr);
  EXPECT_EQ(dtype.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(dtype.status().message()), HasSubstr("'int8'"));
  const auto folder = RunConvert({kMixtral, dir.File("b")}, nullptr);
  EXPECT_EQ(folder.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(folder.status().message()),
              HasSubstr("expected a GGUF file"));
  EXPECT_EQ(RunConvert({kQuantised, dir.path() + "/x/../.."}, nullptr)
                .status()
                .code(),
            absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace spacemoe
