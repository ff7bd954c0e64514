#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/render_command.h"
#include "cli/tokenize_command.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

TokenizerBundle OpenFixture(const std::string& name) {
  auto bundle = TokenizerBundle::Open(FixtureFolder(name));
  EXPECT_TRUE(bundle.ok()) << bundle.status();
  return *std::move(bundle);
}

struct Answers {
  int exit_code = 0;
  std::vector<Json> lines;
};

template <typename Command>
Answers Ask(const std::string& requests, Command command) {
  std::istringstream in(requests);
  std::stringstream out;
  Answers answers;
  answers.exit_code = command(in, out);
  for (std::string line; std::getline(out, line);) {
    answers.lines.push_back(Json::parse(line));
  }
  return answers;
}

Answers Tokenize(const std::string& requests) {
  const TokenizerBundle bundle = OpenFixture("llama3");
  return Ask(requests, [&](auto& in, auto& out) {
    return RunTokenize(bundle.tokenizer(), in, out);
  });
}

Answers Render(const std::string& fixture, const std::string& requests) {
  const TokenizerBundle bundle = OpenFixture(fixture);
  return Ask(requests,
             [&](auto& in, auto& out) { return RunRender(bundle, in, out); });
}

TEST(RunTokenize, AnswersEveryCaseOfEveryFixture) {
  for (const std::string& name : FixtureNames()) {
    const TokenizerBundle bundle = OpenFixture(name);
    const auto cases = ReadCases(FixtureFolder(name) + "/cases.jsonl");
    std::string requests;
    for (const Json& c : cases) requests += c.dump() + "\n";
    const Answers answers = Ask(requests, [&](auto& in, auto& out) {
      return RunTokenize(bundle.tokenizer(), in, out);
    });
    EXPECT_EQ(answers.exit_code, 0);
    ASSERT_EQ(answers.lines.size(), cases.size());
    for (size_t i = 0; i < cases.size(); ++i) {
      EXPECT_EQ(answers.lines[i]["ids"], cases[i]["ids"]);
      EXPECT_EQ(answers.lines[i]["decoded"], cases[i]["decoded"]);
    }
  }
}

TEST(RunTokenize, AddsSpecialTokensUnlessToldNotTo) {
  const Answers answers = Tokenize(
      "{\"text\": \"\"}\n\n{\"text\": \"\", \"add_special_tokens\": false}\n");
  ASSERT_EQ(answers.lines.size(), 2u);
  EXPECT_EQ(answers.lines[0]["ids"], Json({1006}));
  EXPECT_EQ(answers.lines[0]["decoded"], "<|begin_of_text|>");
  EXPECT_EQ(answers.lines[1]["ids"], Json::array());
}

TEST(RunTokenize, NamesTheLineThatIsMalformedAndGoesOn) {
  const Answers answers = Tokenize(
      "{\"text\": \"a\"}\n{nonsense\n[1]\n{\"tex\": 1}\n"
      "{\"text\": \"a\", \"add_special_tokens\": 1}\n{\"text\": \"\\ud800\"}\n"
      "{\"text\": \"\xFF\"}\n{\"text\": \"b\"}\n");
  EXPECT_EQ(answers.exit_code, 1);
  ASSERT_EQ(answers.lines.size(), 8u);
  EXPECT_TRUE(answers.lines[0].contains("ids"));
  for (size_t i = 1; i < 7; ++i) {
    EXPECT_THAT(answers.lines[i]["error"].get<std::string>(),
                HasSubstr("line " + std::to_string(i + 1) + ": "));
  }
  EXPECT_THAT(answers.lines[3]["error"].get<std::string>(),
              HasSubstr("\"text\": expected a string"));
  EXPECT_TRUE(answers.lines[7].contains("ids"));
}

TEST(RunRender, AnswersEveryChatOfEveryFixture) {
  for (const std::string& name : FixtureNames()) {
    const auto cases = ReadCases(FixtureFolder(name) + "/chat_cases.jsonl");
    std::string requests;
    for (const Json& c : cases) requests += c.dump() + "\n";
    const Answers answers = Render(name, requests);
    EXPECT_EQ(answers.exit_code, 0);
    ASSERT_EQ(answers.lines.size(), cases.size());
    for (size_t i = 0; i < cases.size(); ++i) {
      const char* key = cases[i].contains("error") ? "error" : "rendered";
      EXPECT_EQ(answers.lines[i][key], cases[i][key]) << name;
    }
  }
}

TEST(RunRender, NamesTheLineThatIsMalformed) {
  const Answers answers =
      Render("smollm",
             "{\"messages\": 1}\n{\"messages\": [1]}\n"
             "{\"messages\": [], \"tools\": 1}\n"
             "{\"messages\": [], \"add_generation_prompt\": 1}\n{}\n");
  EXPECT_EQ(answers.exit_code, 1);
  ASSERT_EQ(answers.lines.size(), 5u);
  EXPECT_EQ(answers.lines[0]["error"],
            "line 1: \"messages\": expected an array of objects");
  EXPECT_EQ(answers.lines[2]["error"], "line 3: \"tools\": expected an array");
}

TEST(RunRender, SaysThatThereIsNoTemplate) {
  const Answers answers = Render("gpt2", "{\"messages\": []}\n");
  ASSERT_EQ(answers.lines.size(), 1u);
  EXPECT_THAT(answers.lines[0]["error"].get<std::string>(),
              HasSubstr("there is no chat template"));
}

}  // namespace
}  // namespace spacemoe
