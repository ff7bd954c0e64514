#include "models/tokenizer/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "models/tokenizer/utf8.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Json = nlohmann::json;

std::unique_ptr<Tokenizer> Load(const std::string& name) {
  auto tokenizer =
      Tokenizer::FromJsonFile(FixtureFolder(name) + "/tokenizer.json");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

TEST(Tokenizer, KnowsItsTokens) {
  const auto tokenizer = Load("smollm");
  EXPECT_EQ(tokenizer->TokenToId("<|im_start|>"), 1);
  EXPECT_EQ(tokenizer->IdToToken(1), "<|im_start|>");
  EXPECT_TRUE(tokenizer->IsSpecial(1));
  EXPECT_FALSE(tokenizer->IsSpecial(50));
  EXPECT_FALSE(tokenizer->TokenToId("no such token").has_value());
  EXPECT_FALSE(tokenizer->IdToToken(-1).has_value());
  EXPECT_FALSE(tokenizer->IdToToken(tokenizer->vocab_size()).has_value());
  EXPECT_TRUE(tokenizer->IdToToken(tokenizer->vocab_size() - 1).has_value());
}

TEST(Tokenizer, LeavesOutIdsWithoutToken) {
  const auto tokenizer = Load("smollm");
  EXPECT_EQ(tokenizer->Decode({50, -5, 540, int64_t{1} << 40, 89}, false),
            "Hello");
}

TEST(Tokenizer, SkipsSpecialTokensWhenAsked) {
  const auto tokenizer = Load("smollm");
  EXPECT_EQ(tokenizer->Decode({1, 50, 540, 89}, true), "Hello");
  EXPECT_EQ(tokenizer->Decode({1, 50, 540, 89}, false), "<|im_start|>Hello");
}

TEST(Tokenizer, TellsTheBytesOfTokens) {
  const std::string text = "Hello w\xC3\xB6rld \xF0\x9F\x9B\xB0!";
  for (const std::string name : {"smollm", "gpt2", "llama2", "mixtral"}) {
    const auto tokenizer = Load(name);
    const auto ids = tokenizer->Encode(text, false);
    ASSERT_TRUE(ids.ok()) << ids.status();
    std::string together;
    for (const int64_t id : *ids) together += tokenizer->PieceOf(id);
    // SentencePiece puts a space before a text.
    if (together.starts_with(' ')) together.erase(0, 1);
    EXPECT_EQ(together, text) << name;
    EXPECT_EQ(tokenizer->PieceOf(-1), "") << name;
  }
  EXPECT_EQ(Load("smollm")->PieceOf(1), "<|im_start|>");
  EXPECT_EQ(Load("llama2")->PieceOf(*Load("llama2")->TokenToId("<0xE2>")),
            "\xE2");
}

TEST(Tokenizer, RefusesTextThatIsNotUtf8) {
  for (const std::string& name : FixtureNames()) {
    const auto ids = Load(name)->Encode("abc\xFF", true);
    ASSERT_EQ(ids.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(ids.status().message()),
                testing::HasSubstr("byte 3"));
  }
}

TEST(Tokenizer, NeverCutsACharacterWhenStreamingAnyIds) {
  std::mt19937 random(11);
  for (const std::string& name : FixtureNames()) {
    const auto tokenizer = Load(name);
    for (int round = 0; round < 200; ++round) {
      std::vector<int64_t> ids(random() % 30);
      for (int64_t& id : ids) id = random() % tokenizer->vocab_size();
      StreamDecoder decoder(*tokenizer, false);
      std::string text;
      for (const int64_t id : ids) {
        const std::string part = decoder.Push(id);
        EXPECT_FALSE(FindInvalidUtf8(part).has_value());
        text += part;
      }
      text += decoder.Flush();
      EXPECT_EQ(text, tokenizer->Decode(ids, false)) << name;
    }
  }
}

TEST(Tokenizer, EncodesRandomBytesOrRefusesThem) {
  std::mt19937 random(13);
  for (const std::string& name : FixtureNames()) {
    const auto tokenizer = Load(name);
    for (int round = 0; round < 300; ++round) {
      std::string text(random() % 12, '\0');
      for (char& c : text) c = static_cast<char>(random());
      const bool valid = !FindInvalidUtf8(text).has_value();
      EXPECT_EQ(tokenizer->Encode(text, true).ok(), valid);
    }
  }
}

TEST(Tokenizer, TakesAMegabyteWithoutSpaces) {
  const std::string word(size_t{1} << 20, 'a');
  for (const std::string& name : FixtureNames()) {
    const auto tokenizer = Load(name);
    const auto ids = tokenizer->Encode(word, false);
    ASSERT_TRUE(ids.ok()) << name << ids.status();
    EXPECT_THAT(tokenizer->Decode(*ids, false), testing::EndsWith("aaaa"));
  }
}

TEST(Tokenizer, GivesTheSameFromManyThreads) {
  const auto tokenizer = Load("qwen2");
  const auto cases = ReadCases(FixtureFolder("qwen2") + "/cases.jsonl");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (const auto& c : cases) {
        const auto ids = tokenizer->Encode(c["text"].get<std::string>(), false);
        const bool same = ids.ok() && tokenizer->Decode(*ids, false) ==
                                          c["decoded"].get<std::string>();
        if (c["add_special_tokens"] == false && !same) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace spacemoe
