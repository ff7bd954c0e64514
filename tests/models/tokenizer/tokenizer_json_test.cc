// tokenizer.json files that are refused, and what the errors say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "models/tokenizer/tokenizer.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

Json Good() {
  return Json::parse(
      std::ifstream(FixtureFolder("smollm") + "/tokenizer.json"));
}

std::string ErrorOf(const Json& json) {
  const auto tokenizer = Tokenizer::FromJson(json.dump(), "dir/tokenizer.json");
  if (tokenizer.ok()) return "no error";
  EXPECT_EQ(tokenizer.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(tokenizer.status().message());
}

// The error when the value at `pointer` is `value`.
std::string ErrorWith(const std::string& pointer, const Json& value) {
  Json json = Good();
  json[Json::json_pointer(pointer)] = value;
  return ErrorOf(json);
}

TEST(TokenizerJson, NamesTheFileThatIsMissing) {
  const auto tokenizer = Tokenizer::FromJsonFile("/no/such/tokenizer.json");
  EXPECT_EQ(tokenizer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(tokenizer.status().message()),
              HasSubstr("/no/such/tokenizer.json"));
}

TEST(TokenizerJson, RefusesWhatIsNotJson) {
  for (const char* text : {"", "{", "nonsense", "{\"model\": \"\xFF\"}"}) {
    const auto tokenizer = Tokenizer::FromJson(text, "dir/tokenizer.json");
    ASSERT_EQ(tokenizer.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(tokenizer.status().message()),
                HasSubstr("dir/tokenizer.json: not JSON"));
  }
}

TEST(TokenizerJson, RefusesWhatIsNoObject) {
  EXPECT_THAT(ErrorOf(Json::array()),
              HasSubstr("expected an object, found array"));
}

TEST(TokenizerJson, NamesAnUnknownKindAndTheKnownOnes) {
  EXPECT_EQ(ErrorWith("/model/type", "Characters"),
            "dir/tokenizer.json: model.type: unknown model type \"Characters\" "
            "(known: BPE, Unigram, WordLevel, WordPiece)");
  EXPECT_THAT(ErrorWith("/normalizer", {{"type", "Nope"}}),
              AllOf(HasSubstr("normalizer.type: unknown normalizer type "
                              "\"Nope\""),
                    HasSubstr("NFC")));
  EXPECT_THAT(ErrorWith("/pre_tokenizer", {{"type", "UnicodeScripts"}}),
              HasSubstr("unknown pre-tokenizer type \"UnicodeScripts\""));
  EXPECT_THAT(ErrorWith("/pre_tokenizer/pretokenizers/0/type", "Nope"),
              HasSubstr("pre_tokenizer.pretokenizers[0].type: unknown "
                        "pre-tokenizer type \"Nope\""));
  EXPECT_THAT(ErrorWith("/post_processor", {{"type", "Nope"}}),
              HasSubstr("unknown post-processor type \"Nope\""));
  EXPECT_THAT(ErrorWith("/decoder/type", "Nope"),
              HasSubstr("unknown decoder type \"Nope\""));
}

TEST(TokenizerJson, NamesAFieldThatIsMissingOrOfTheWrongType) {
  EXPECT_THAT(ErrorWith("/model", nullptr),
              HasSubstr("model: expected an object, found nothing"));
  EXPECT_THAT(ErrorWith("/model/vocab", 5),
              HasSubstr("model.vocab: expected an object, found number"));
  EXPECT_THAT(ErrorWith("/model/merges", "x"),
              HasSubstr("model.merges: expected an array, found string"));
  EXPECT_THAT(ErrorWith("/model/byte_fallback", 1),
              HasSubstr("model.byte_fallback: expected true or false"));
  EXPECT_THAT(ErrorWith("/added_tokens/0", {{"id", 1}}),
              HasSubstr("added_tokens[0].content: expected a string"));
  EXPECT_THAT(ErrorWith("/added_tokens/0/id", -1),
              HasSubstr("added_tokens[0].id: expected an integer from 0"));
  EXPECT_THAT(ErrorWith("/decoder", {{"no", 1}}),
              HasSubstr("decoder.type: expected a string, found nothing"));
}

TEST(TokenizerJson, RefusesIdsThatAreNone) {
  EXPECT_THAT(ErrorWith("/model/vocab/x", -1), HasSubstr("token \"x\""));
  EXPECT_THAT(ErrorWith("/model/vocab/x", 1.5), HasSubstr("token \"x\""));
  EXPECT_THAT(ErrorWith("/model/vocab/x", 1e18), HasSubstr("token \"x\""));
}

TEST(TokenizerJson, RefusesMergesThatAreNone) {
  EXPECT_THAT(ErrorWith("/model/merges/3", {"a"}),
              HasSubstr("model.merges[3]: expected a merge"));
  EXPECT_THAT(ErrorWith("/model/merges/3", "abc"),
              HasSubstr("model.merges[3]: expected a merge"));
  EXPECT_THAT(ErrorWith("/model/merges/3", {"a", "no such token"}),
              HasSubstr("merge 3 names the token \"no such token\""));
  EXPECT_THAT(ErrorWith("/model/unk_token", "<nope>"),
              HasSubstr("\"<nope>\" is not in the vocabulary"));
  EXPECT_THAT(ErrorWith("/model/dropout", 0.1), HasSubstr("model.dropout"));
}

TEST(TokenizerJson, TakesMergesAsTextToo) {
  Json json = Good();
  for (Json& merge : json["model"]["merges"]) {
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  }
  const auto tokenizer = Tokenizer::FromJson(json.dump(), "x");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(*(*tokenizer)->Encode("Hello", true),
            (std::vector<int64_t>{50, 540, 89}));
}

TEST(TokenizerJson, RefusesPatternsThatAreNone) {
  const auto split = [](const Json& pattern) {
    return Json{{"type", "Split"}, {"pattern", pattern}};
  };
  EXPECT_THAT(ErrorWith("/pre_tokenizer", split({{"Regex", "(a"}})),
              HasSubstr("pre_tokenizer.pattern.Regex: not a regular"));
  EXPECT_THAT(ErrorWith("/pre_tokenizer", split({{"Other", "a"}})),
              HasSubstr("pre_tokenizer.pattern.String: expected a string"));
  Json odd = split({{"String", " "}});
  odd["behavior"] = "Sideways";
  EXPECT_THAT(ErrorWith("/pre_tokenizer", odd),
              HasSubstr("unknown split behavior \"Sideways\""));
}

TEST(TokenizerJson, RefusesSequencesNestedWithoutEnd) {
  const auto nested = [](const char* list, const Json& innermost) {
    Json json = innermost;
    for (int i = 0; i < 1000; ++i) {
      json = Json{{"type", "Sequence"}, {list, Json::array({json})}};
    }
    return json;
  };
  EXPECT_THAT(
      ErrorWith("/normalizer", nested("normalizers", {{"type", "NFC"}})),
      HasSubstr("nested too deeply"));
  EXPECT_THAT(
      ErrorWith("/pre_tokenizer", nested("pretokenizers", {{"type", "NFC"}})),
      HasSubstr("nested too deeply"));
  EXPECT_THAT(ErrorWith("/decoder", nested("decoders", {{"type", "Fuse"}})),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(ErrorWith("/post_processor", nested("processors", nullptr)),
              HasSubstr("nested too deeply"));
}

TEST(TokenizerJson, RefusesBrokenNormalizationRules) {
  const auto error = [](const char* base64) {
    return ErrorWith("/normalizer", {{"type", "Precompiled"},
                                     {"precompiled_charsmap", base64}});
  };
  EXPECT_THAT(error("?"), HasSubstr("expected base64"));
  EXPECT_THAT(error("AAA="), HasSubstr("cut short: 2 bytes"));
  EXPECT_THAT(error("CAAAAAAA"), HasSubstr("cut short"));
  EXPECT_THAT(error("AAAAAP8="), HasSubstr("not UTF-8 at byte 0"));
}

TEST(TokenizerJson, RefusesTwoStepsThatAddTokens) {
  const Json step = {
      {"type", "BertProcessing"}, {"sep", {"</s>", 2}}, {"cls", {"<s>", 1}}};
  EXPECT_THAT(
      ErrorWith("/post_processor", {{"type", "Sequence"},
                                    {"processors", Json::array({step, step})}}),
      HasSubstr("post_processor.processors[1]: a second step"));
}

TEST(TokenizerJson, RefusesTemplatesWithUnknownTokens) {
  const Json single = Json::array(
      {{{"SpecialToken", {{"id", "<s>"}}}}, {{"Sequence", {{"id", "A"}}}}});
  EXPECT_THAT(
      ErrorWith("/post_processor",
                {{"type", "TemplateProcessing"}, {"single", single}}),
      HasSubstr("post_processor.special_tokens.<s>.ids: expected an array"));
}

TEST(TokenizerJson, StopsANormalizerThatGrowsWithoutEnd) {
  Json json = Good();
  Json steps = Json::array();
  for (int i = 0; i < 60; ++i) {
    steps.push_back({{"type", "Replace"},
                     {"pattern", {{"String", "a"}}},
                     {"content", "aa"}});
  }
  json["normalizer"] = {{"type", "Sequence"}, {"normalizers", steps}};
  const auto tokenizer = Tokenizer::FromJson(json.dump(), "x");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ((*tokenizer)->Encode("a", false).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spacemoe
