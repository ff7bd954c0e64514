#include "coordinator/text/text_codec.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<TextCodec> Open(const std::string& path) {
  return TextCodec::Open(std::string(SPACEMOE_TESTDATA) + "/" + path);
}

ChatPrompt Hello() { return ChatPrompt{{{"user", "Hello"}}}; }

TEST(TextCodec, StreamsWhatDecodeGives) {
  const auto codec = Open("tokenizers/smollm");
  ASSERT_TRUE(codec->has_tokenizer());
  const auto ids = codec->EncodePlain("Grüße, 日本 and 🛰!");
  ASSERT_TRUE(ids.ok()) << ids.status();
  const auto decoder = codec->NewDecoder();
  std::string text;
  for (int64_t id : *ids) text += decoder->Push(id);
  text += decoder->Flush();
  EXPECT_EQ(text, codec->Decode(*ids));
  EXPECT_EQ(text, "Grüße, 日本 and 🛰!");
}

TEST(TextCodec, RendersAChatWithAGenerationPrompt) {
  const auto codec = Open("tokenizers/smollm");
  const auto ids = codec->Encode(Hello());
  ASSERT_TRUE(ids.ok()) << ids.status();
  const auto tail = codec->EncodePlain("<|im_start|>assistant\n");
  ASSERT_TRUE(tail.ok()) << tail.status();
  ASSERT_GT(ids->size(), tail->size());
  EXPECT_EQ(std::vector<int64_t>(ids->end() - tail->size(), ids->end()), *tail);
  EXPECT_THAT(codec->Decode(*ids), HasSubstr("Hello"));
  EXPECT_THAT(codec->Decode(*ids), ::testing::Not(HasSubstr("<|im_start|>")))
      << "special tokens are left out";
}

TEST(TextCodec, AddsTheTokenizersSpecialTokensToTextOnly) {
  const auto codec = Open("tokenizers/llama2");
  const auto text = codec->Encode(TextPrompt{"Hello"});
  const auto plain = codec->EncodePlain("Hello");
  ASSERT_TRUE(text.ok() && plain.ok());
  EXPECT_EQ(text->front(), 1) << "<s>";
  EXPECT_NE(plain->front(), 1);
}

TEST(TextCodec, SaysThatThereIsNoChatTemplate) {
  const auto codec = Open("tokenizers/gpt2");
  EXPECT_TRUE(codec->Encode(TextPrompt{"Hello"}).ok());
  const auto chat = codec->Encode(Hello());
  EXPECT_TRUE(absl::IsFailedPrecondition(chat.status())) << chat.status();
  EXPECT_THAT(std::string(chat.status().message()), HasSubstr("chat template"));
}

TEST(TextCodec, TakesIdsWithoutATokenizer) {
  const auto codec = Open("models/mixtral");
  EXPECT_FALSE(codec->has_tokenizer());
  EXPECT_EQ(codec->NewDecoder(), nullptr);
  EXPECT_THAT(*codec->Encode(TokenPrompt{{5, 6}}), ElementsAre(5, 6));
  for (const Prompt& prompt : {Prompt(TextPrompt{"Hello"}), Prompt(Hello())}) {
    const auto ids = codec->Encode(prompt);
    EXPECT_TRUE(absl::IsFailedPrecondition(ids.status())) << ids.status();
    EXPECT_THAT(std::string(ids.status().message()),
                HasSubstr("text needs a tokenizer"));
  }
}

}  // namespace
}  // namespace spacemoe
