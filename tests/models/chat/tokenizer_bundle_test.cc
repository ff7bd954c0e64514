#include "models/chat/tokenizer_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/tokenizer/json_field.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Ids = std::vector<int64_t>;

class TokenizerBundleFixtures : public testing::TestWithParam<std::string> {};

TEST_P(TokenizerBundleFixtures, RendersAndEncodesEveryChat) {
  const std::string folder = FixtureFolder(GetParam());
  const auto cases = ReadCases(folder + "/chat_cases.jsonl");
  const auto bundle = TokenizerBundle::Open(folder);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(bundle->has_chat_template(), !cases.empty());
  for (const auto& c : cases) {
    ChatInput input;
    input.messages = c["messages"];
    input.add_generation_prompt = c["add_generation_prompt"].get<bool>();
    const auto rendered = bundle->Render(input);
    if (c.contains("error")) {
      EXPECT_EQ(std::string(rendered.status().message()),
                c["error"].get<std::string>());
      continue;
    }
    ASSERT_TRUE(rendered.ok()) << rendered.status() << c;
    EXPECT_EQ(*rendered, c["rendered"].get<std::string>());
    EXPECT_EQ(*bundle->tokenizer().Encode(*rendered, false),
              c["ids"].get<Ids>());
  }
}

INSTANTIATE_TEST_SUITE_P(All, TokenizerBundleFixtures,
                         testing::ValuesIn(FixtureNames()),
                         [](const auto& info) { return info.param; });

TokenizerFiles Files() {
  TokenizerFiles files;
  files.source = "dir/tokenizer.json";
  files.tokenizer_json =
      *ReadTextFile(FixtureFolder("smollm") + "/tokenizer.json");
  return files;
}

TEST(TokenizerBundle, TokenizesWithoutChatTemplate) {
  const auto bundle = TokenizerBundle::Create(Files());
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_FALSE(bundle->has_chat_template());
  EXPECT_EQ(*bundle->tokenizer().Encode("Hello", true), (Ids{50, 540, 89}));
  EXPECT_EQ(bundle->Render({}).status().code(), absl::StatusCode::kNotFound);
}

TEST(TokenizerBundle, TokenizesWithABrokenChatTemplate) {
  TokenizerFiles files = Files();
  files.chat_template = "{{ 1 +";
  const auto bundle = TokenizerBundle::Create(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_THAT(std::string(bundle->Render({}).status().message()),
              testing::HasSubstr("dir/tokenizer.json: chat template: line 1"));
}

TEST(TokenizerBundle, GivesTheTemplateItsSpecialTokens) {
  TokenizerFiles files = Files();
  files.chat_template = "{{ bos_token }}{{ eos_token }}";
  files.special_tokens = {{"bos_token", "<s>"}, {"eos_token", "</s>"}};
  const auto bundle = TokenizerBundle::Create(files);
  ASSERT_TRUE(bundle.ok());
  ChatInput input;
  input.special_tokens["eos_token"] = "<end>";
  EXPECT_EQ(*bundle->Render(input), "<s><end>");
}

TEST(TokenizerBundle, TakesTheTemplateForToolsWhenThereAreTools) {
  TokenizerFiles files = Files();
  files.chat_template = "plain";
  ChatInput input;
  input.tools = nlohmann::ordered_json::array();
  EXPECT_EQ(*TokenizerBundle::Create(files)->Render(input), "plain");
  files.tool_use_template = "tools";
  EXPECT_EQ(*TokenizerBundle::Create(files)->Render(input), "tools");
  EXPECT_EQ(*TokenizerBundle::Create(files)->Render({}), "plain");
}

TEST(TokenizerBundle, OpensAGgufTokenizer) {
  TokenizerFiles files;
  files.source = "x.gguf";
  files.gguf.emplace();
  files.gguf->model = "gpt2";
  files.gguf->pre = "gpt-2";
  files.gguf->tokens = {"a", "b", "ab", "<end>"};
  files.gguf->token_types = {1, 1, 1, 3};
  files.gguf->merges = {"a b"};
  const auto bundle = TokenizerBundle::Create(files);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_EQ(*bundle->tokenizer().Encode("aab<end>", true), (Ids{0, 2, 3}));
}

TEST(TokenizerBundle, SaysThatThereIsNoTokenizer) {
  EXPECT_EQ(
      TokenizerBundle::Open(std::string(SPACEMOE_TESTDATA)).status().code(),
      absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace spacemoe
