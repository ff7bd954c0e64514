#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "models/tokenizer/tokenizer.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

// A fixture's tokenizer.json as a GGUF file would hold it.
GgufTokenizerData DataOf(const std::string& fixture, const std::string& pre) {
  const Json json =
      Json::parse(std::ifstream(FixtureFolder(fixture) + "/tokenizer.json"));
  GgufTokenizerData data;
  data.source = "x.gguf";
  data.model = "gpt2";
  data.pre = pre;
  const auto put = [&](const std::string& token, size_t id, int32_t type) {
    if (data.tokens.size() <= id) {
      data.tokens.resize(id + 1);
      data.token_types.resize(id + 1, 5);
    }
    data.tokens[id] = token;
    data.token_types[id] = type;
  };
  for (const auto& [token, id] : json["model"]["vocab"].items()) {
    put(token, id.get<size_t>(), 1);
  }
  for (const Json& token : json["added_tokens"]) {
    put(token["content"], token["id"].get<size_t>(),
        token["special"].get<bool>() ? 3 : 4);
  }
  for (const Json& merge : json["model"]["merges"]) {
    data.merges.push_back(merge[0].get<std::string>() + " " +
                          merge[1].get<std::string>());
  }
  return data;
}

struct GgufCase {
  const char* fixture;
  const char* pre;
};

class TokenizerGguf : public testing::TestWithParam<GgufCase> {};

TEST_P(TokenizerGguf, EncodesEveryCaseAsTokenizerJsonDoes) {
  const auto tokenizer =
      Tokenizer::FromGguf(DataOf(GetParam().fixture, GetParam().pre));
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  const auto cases =
      ReadCases(FixtureFolder(GetParam().fixture) + "/cases.jsonl");
  for (const auto& c : cases) {
    if (c["add_special_tokens"].get<bool>()) continue;
    const auto ids = (*tokenizer)->Encode(c["text"].get<std::string>(), true);
    ASSERT_TRUE(ids.ok()) << ids.status();
    EXPECT_EQ(*ids, c["ids"].get<std::vector<int64_t>>()) << c["text"];
    EXPECT_EQ((*tokenizer)->Decode(*ids, false),
              c["decoded"].get<std::string>());
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, TokenizerGguf,
    testing::Values(GgufCase{"smollm", "smollm"}, GgufCase{"gpt2", "gpt-2"},
                    GgufCase{"qwen2", "qwen2"}, GgufCase{"llama3", "llama-bpe"},
                    GgufCase{"gpt_oss", "gpt-4o"},
                    GgufCase{"deepseek_v2", "deepseek-llm"},
                    GgufCase{"deepseek_v3", "deepseek-v3"}),
    [](const auto& info) { return std::string(info.param.fixture); });

TEST(TokenizerGgufData, AddsBosAndEosWhenTheFileSaysSo) {
  GgufTokenizerData data = DataOf("smollm", "smollm");
  data.bos_id = 1;
  data.eos_id = 2;
  data.add_bos = true;
  data.add_eos = true;
  const auto tokenizer = Tokenizer::FromGguf(data);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(*(*tokenizer)->Encode("Hello", true),
            (std::vector<int64_t>{1, 50, 540, 89, 2}));
  EXPECT_EQ(*(*tokenizer)->Encode("Hello", false),
            (std::vector<int64_t>{50, 540, 89}));
}

TEST(TokenizerGgufData, NormalizesForOlmo) {
  const auto plain = Tokenizer::FromGguf(DataOf("gpt2", "gpt-2"));
  const auto olmo = Tokenizer::FromGguf(DataOf("gpt2", "olmo"));
  ASSERT_TRUE(plain.ok() && olmo.ok());
  EXPECT_EQ(*(*olmo)->Encode("e\u0301", true),
            *(*plain)->Encode("\u00e9", true));
  EXPECT_NE(*(*plain)->Encode("e\u0301", true),
            *(*plain)->Encode("\u00e9", true));
}

TEST(TokenizerGgufData, NamesWhatItDoesNotKnow) {
  const auto message = [](const GgufTokenizerData& data) {
    const auto tokenizer = Tokenizer::FromGguf(data);
    EXPECT_EQ(tokenizer.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(tokenizer.status().message());
  };
  GgufTokenizerData data = DataOf("smollm", "smollm");
  data.model = "rwkv";
  EXPECT_EQ(message(data),
            "x.gguf: tokenizer.ggml.model: unknown tokenizer model \"rwkv\" "
            "(known: gpt2, llama, t5)");
  data.model = "llama";
  EXPECT_THAT(message(data), HasSubstr("scores: expected one for each"));
  data = DataOf("smollm", "nope");
  EXPECT_THAT(message(data), HasSubstr("unknown pre-tokenizer \"nope\" "
                                       "(known: gpt-2, "));
  data = DataOf("smollm", "smollm");
  data.merges[4] = "abc";
  EXPECT_THAT(message(data), HasSubstr("merges: merge 4: expected \"a b\""));
  data.merges[4] = "no such";
  EXPECT_THAT(message(data), HasSubstr("merge 4 names the token \"no\""));
  data = DataOf("smollm", "smollm");
  data.token_types.pop_back();
  EXPECT_THAT(message(data), HasSubstr("token_type"));
  data = DataOf("smollm", "smollm");
  data.tokens[3] = "\xFF";
  EXPECT_THAT(message(data), HasSubstr("token 3 is not UTF-8"));
  data = DataOf("smollm", "smollm");
  data.add_bos = true;
  EXPECT_THAT(message(data), HasSubstr("bos_token_id: expected a token id"));
  data.bos_id = 1 << 20;
  EXPECT_THAT(message(data), HasSubstr("found 1048576"));
  data.tokens.clear();
  EXPECT_THAT(message(data), HasSubstr("found none"));
}

}  // namespace
}  // namespace spacemoe
