// Every case that the Hugging Face tokenizers library was asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/tokenizer/tokenizer.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

class TokenizerFixtures : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string folder = FixtureFolder(GetParam());
    auto tokenizer = Tokenizer::FromJsonFile(folder + "/tokenizer.json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    tokenizer_ = *std::move(tokenizer);
    cases_ = ReadCases(folder + "/cases.jsonl");
    ASSERT_GT(cases_.size(), 100);
  }

  std::unique_ptr<Tokenizer> tokenizer_;
  std::vector<nlohmann::ordered_json> cases_;
};

TEST_P(TokenizerFixtures, EncodesEveryCase) {
  for (const auto& c : cases_) {
    const auto ids = tokenizer_->Encode(c["text"].get<std::string>(),
                                        c["add_special_tokens"].get<bool>());
    ASSERT_TRUE(ids.ok()) << ids.status() << c["text"];
    EXPECT_EQ(*ids, c["ids"].get<std::vector<int64_t>>()) << c["text"];
  }
}

TEST_P(TokenizerFixtures, DecodesEveryCase) {
  for (const auto& c : cases_) {
    const auto ids = c["ids"].get<std::vector<int64_t>>();
    EXPECT_EQ(tokenizer_->Decode(ids, false), c["decoded"].get<std::string>());
  }
}

TEST_P(TokenizerFixtures, StreamsEveryCase) {
  for (const auto& c : cases_) {
    StreamDecoder decoder(*tokenizer_, false);
    std::string text;
    for (const auto& id : c["ids"]) text += decoder.Push(id.get<int64_t>());
    text += decoder.Flush();
    EXPECT_EQ(text, c["decoded"].get<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(All, TokenizerFixtures,
                         testing::ValuesIn(FixtureNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace spacemoe
