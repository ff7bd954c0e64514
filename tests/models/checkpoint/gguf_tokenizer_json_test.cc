#include "models/checkpoint/gguf_tokenizer_json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/tokenizer/tokenizer.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

GgufTokenizerData SmallTokenizer() {
  GgufTokenizerData data;
  data.source = "file.gguf";
  data.model = "gpt2";
  data.pre = "gpt-2";
  data.tokens = {"<bos>", "a", "b", "ab", "<tool>"};
  data.token_types = {3, 1, 1, 1, 4};
  data.merges = {"a b"};
  data.bos_id = 0;
  return data;
}

json Convert(const GgufTokenizerData& data) {
  const auto text = GgufTokenizerJson(data);
  EXPECT_TRUE(text.ok()) << text.status();
  return json::parse(*text);
}

TEST(GgufTokenizerJson, MarksAddedTokens) {
  const json out = Convert(SmallTokenizer());
  ASSERT_EQ(out["added_tokens"].size(), 2);
  EXPECT_EQ(out["added_tokens"][0]["content"], "<bos>");
  EXPECT_EQ(out["added_tokens"][0]["special"], true);
  EXPECT_EQ(out["added_tokens"][1]["id"], 4);
  EXPECT_EQ(out["added_tokens"][1]["special"], false);
  EXPECT_EQ(out["model"]["merges"], json({"a b"}));
  EXPECT_EQ(out["model"]["vocab"]["ab"], 3);
  EXPECT_TRUE(out["post_processor"].is_null());
}

TEST(GgufTokenizerJson, WritesTheSplits) {
  GgufTokenizerData data = SmallTokenizer();
  EXPECT_EQ(Convert(data)["pre_tokenizer"]["type"], "ByteLevel");
  EXPECT_EQ(Convert(data)["pre_tokenizer"]["use_regex"], true);
  data.pre = "smollm";
  json steps = Convert(data)["pre_tokenizer"]["pretokenizers"];
  EXPECT_EQ(steps[0]["type"], "Digits");
  EXPECT_EQ(steps[0]["individual_digits"], true);
  EXPECT_EQ(steps[1]["use_regex"], true);
  data.pre = "qwen2";
  steps = Convert(data)["pre_tokenizer"]["pretokenizers"];
  EXPECT_EQ(steps[0]["type"], "Split");
  EXPECT_EQ(steps[1]["use_regex"], false);
  EXPECT_EQ(Convert(data)["normalizer"]["type"], "NFC");
  data.pre = "llama-bpe";
  EXPECT_EQ(Convert(data)["model"]["ignore_merges"], true);
}

TEST(GgufTokenizerJson, AddsBosAndEos) {
  GgufTokenizerData data = SmallTokenizer();
  data.add_bos = true;
  data.add_eos = true;
  data.eos_id = 4;
  const json post = Convert(data)["post_processor"];
  EXPECT_EQ(post["type"], "TemplateProcessing");
  ASSERT_EQ(post["single"].size(), 3);
  EXPECT_EQ(post["single"][0]["SpecialToken"]["id"], "<bos>");
  EXPECT_EQ(post["single"][2]["SpecialToken"]["id"], "<tool>");
  EXPECT_EQ(post["pair"].size(), 4);
  EXPECT_EQ(post["special_tokens"]["<bos>"]["ids"], json({0}));
}

TEST(GgufTokenizerJson, TokenizesAsTheGgufFileDoes) {
  const auto files = ReadTokenizerFiles(SPACEMOE_SOURCE_DIR "/models/demo");
  ASSERT_TRUE(files.ok()) << files.status();
  const auto text = GgufTokenizerJson(*files->gguf);
  ASSERT_TRUE(text.ok()) << text.status();
  const auto written = Tokenizer::FromJson(*text, "tokenizer.json");
  const auto direct = Tokenizer::FromGguf(*files->gguf);
  ASSERT_TRUE(written.ok()) << written.status();
  ASSERT_TRUE(direct.ok()) << direct.status();
  for (const char* sample :
       {"", "Hello, world!", "<|im_start|>user\nWhat's 12345?<|im_end|>\n",
        "  \n\t spaces ", "naïve façade \u4e16\u754c \U0001f680"}) {
    EXPECT_EQ(*(*written)->Encode(sample, true),
              *(*direct)->Encode(sample, true))
        << sample;
  }
}

TEST(GgufTokenizerJson, NamesWhatItCannotWrite) {
  GgufTokenizerData data = SmallTokenizer();
  data.pre = "unheard-of";
  const auto split = GgufTokenizerJson(data);
  EXPECT_EQ(split.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(split.status().message()), HasSubstr("unheard-of"));
  data.model = "llama";
  EXPECT_THAT(std::string(GgufTokenizerJson(data).status().message()),
              HasSubstr("'llama' cannot be written"));
}

TEST(GgufTokenizerJson, RefusesContradictions) {
  const auto expect_refused = [](const GgufTokenizerData& data,
                                 const std::string& message) {
    const auto text = GgufTokenizerJson(data);
    EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(text.status().message()), HasSubstr(message));
  };
  GgufTokenizerData data = SmallTokenizer();
  // As a string: GCC 12 warns of the assignment of a literal.
  data.tokens[3] = std::string("a");
  expect_refused(data, "ids 1 and 3 are the same token");
  data = SmallTokenizer();
  data.token_types.pop_back();
  expect_refused(data, "expected 5 types, found 4");
  data = SmallTokenizer();
  data.tokens[3] = std::string("\xff");
  expect_refused(data, "file.gguf");
  data = SmallTokenizer();
  data.add_bos = true;
  data.bos_id = 5;
  expect_refused(data, "bos_token_id: expected a token id below 5");
}

TEST(TokenizerConfigJson, HoldsSpecialTokensAndTemplate) {
  TokenizerFiles files;
  files.special_tokens["eos_token"] = "</s>";
  files.chat_template = "{{ messages }}";
  const json out = json::parse(*TokenizerConfigJson(files, 512));
  EXPECT_EQ(out["eos_token"], "</s>");
  EXPECT_EQ(out["chat_template"], "{{ messages }}");
  EXPECT_EQ(out["model_max_length"], 512);
}

}  // namespace
}  // namespace spacemoe
