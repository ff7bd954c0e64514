// tokenizer.model and the same model as a GGUF file holds it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/tokenizer/sentence_piece_model.h"
#include "models/tokenizer/tokenizer.h"
#include "tests/models/tokenizer/fixture_cases.h"

namespace spacemoe {
namespace {

using testing::HasSubstr;
using Ids = std::vector<int64_t>;
using Cases = std::vector<nlohmann::ordered_json>;

SentencePieceFiles FilesOf(const std::string& fixture) {
  SentencePieceFiles files;
  files.source = "dir/tokenizer.model";
  files.model = *ReadTextFile(FixtureFolder(fixture) + "/tokenizer.model");
  files.tokenizer_config_json =
      *ReadTextFile(FixtureFolder(fixture) + "/tokenizer_config.json");
  return files;
}

std::unique_ptr<Tokenizer> Open(const SentencePieceFiles& files) {
  auto tokenizer = Tokenizer::FromSentencePiece(files);
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return tokenizer.ok() ? *std::move(tokenizer) : nullptr;
}

std::string Stream(const Tokenizer& tokenizer, const Ids& ids) {
  StreamDecoder decoder(tokenizer, false);
  std::string text;
  for (const int64_t id : ids) text += decoder.Push(id);
  return text + decoder.Flush();
}

void CheckCases(const Tokenizer& tokenizer, const Cases& cases) {
  for (const auto& c : cases) {
    const auto text = c["text"].get<std::string>();
    const auto ids =
        tokenizer.Encode(text, c.value("add_special_tokens", false));
    ASSERT_TRUE(ids.ok()) << ids.status() << c;
    EXPECT_EQ(*ids, c["ids"].get<Ids>()) << c;
    EXPECT_EQ(tokenizer.Decode(*ids, false), c["decoded"].get<std::string>());
    EXPECT_EQ(Stream(tokenizer, *ids), c["decoded"].get<std::string>());
  }
}

TEST(SentencePiece, BpeAgreesWithTokenizerJson) {
  for (const std::string fixture : {"llama2", "mixtral"}) {
    const auto tokenizer = Open(FilesOf(fixture));
    ASSERT_NE(tokenizer, nullptr);
    CheckCases(*tokenizer, ReadCases(FixtureFolder(fixture) + "/cases.jsonl"));
  }
}

TEST(SentencePiece, UnigramAgreesWithSentencepiece) {
  const auto tokenizer = Open(FilesOf("unigram"));
  ASSERT_NE(tokenizer, nullptr);
  Cases cases =
      ReadCases(FixtureFolder("unigram") + "/cases_sentencepiece.jsonl");
  // Special tokens that the text spells are found here.
  std::erase_if(cases, [](const auto& c) {
    return c["text"] == "<unk>" || c["text"] == "</s>" || c["text"] == "<pad>";
  });
  ASSERT_GT(cases.size(), 400u);
  CheckCases(*tokenizer, cases);
}

TEST(SentencePiece, AddsBosAndEosAsTheConfigSays) {
  SentencePieceFiles files = FilesOf("llama2");
  files.tokenizer_config_json.clear();
  EXPECT_EQ(*Open(files)->Encode("Hello", true), (Ids{1, 310, 297, 806}));
  files.tokenizer_config_json =
      R"({"add_bos_token": false, "add_eos_token": true})";
  EXPECT_EQ(*Open(files)->Encode("Hello", true), (Ids{310, 297, 806, 2}));
  EXPECT_EQ(*Open(files)->Encode("Hello", false), (Ids{310, 297, 806}));
  files = FilesOf("unigram");
  EXPECT_EQ(*Open(files)->Encode("Hello", true), (Ids{276, 369, 502, 1}));
}

TEST(SentencePiece, PutsItsPrefixBehindSpecialTokensUnlessTold) {
  SentencePieceFiles files = FilesOf("llama2");
  EXPECT_EQ(*Open(files)->Encode("<s>Hello", false), (Ids{1, 310, 297, 806}));
  files.tokenizer_config_json = R"({"legacy": false})";
  const auto ids = *Open(files)->Encode("<s>Hello", false);
  EXPECT_EQ(Open(files)->Decode(ids, false), "<s>Hello");
  EXPECT_NE(ids, (Ids{1, 310, 297, 806}));
}

TEST(SentencePiece, PutsNoSpaceBeforeATextWhenTold) {
  SentencePieceFiles files = FilesOf("llama2");
  files.tokenizer_config_json =
      R"({"add_prefix_space": false, "add_bos_token": false})";
  const auto tokenizer = Open(files);
  const auto ids = *tokenizer->Encode(" Hello", true);
  EXPECT_EQ(ids, (Ids{310, 297, 806}));
  EXPECT_EQ(tokenizer->Decode(ids, false), " Hello");
}

TEST(SentencePiece, KnowsTheTokensThatOtherFilesAdd) {
  SentencePieceFiles files = FilesOf("llama2");
  files.added_tokens_json = R"({"<tool>": 1000, "<end>": 1001})";
  files.tokenizer_config_json = R"({"add_bos_token": false,
      "added_tokens_decoder": {"1001": {"content": "<end>", "special": true,
                                        "rstrip": true}}})";
  const auto tokenizer = Open(files);
  ASSERT_NE(tokenizer, nullptr);
  EXPECT_EQ(*tokenizer->Encode("<end>  <tool>", true), (Ids{1001, 1000}));
  EXPECT_EQ(tokenizer->Decode({1001, 1000}, true), "<tool>");
  EXPECT_EQ(tokenizer->vocab_size(), 1002);
}

TEST(SentencePiece, RefusesWhatIsNoModel) {
  const auto error = [](const std::string& bytes) {
    SentencePieceFiles files;
    files.source = "dir/tokenizer.model";
    files.model = bytes;
    return std::string(Tokenizer::FromSentencePiece(files).status().message());
  };
  EXPECT_THAT(error("IQ== 0\nIg== 1\n"),
              HasSubstr("dir/tokenizer.model: not a SentencePiece model"));
  EXPECT_THAT(error(""), HasSubstr("it has no pieces"));
  EXPECT_THAT(error("\x0A\x03\x0A\x01\xFF"), HasSubstr("piece 0 is not UTF-8"));
  EXPECT_THAT(error("\x0A\x03\x0A\x01"
                    "a"
                    "\x12\x02\x18\x03"),
              HasSubstr("unknown SentencePiece model type 3"));
  const std::string whole = FilesOf("llama2").model;
  EXPECT_THAT(error(whole.substr(0, whole.size() / 2)),
              HasSubstr("not a SentencePiece model"));
}

GgufTokenizerData GgufOf(const std::string& fixture) {
  const auto model =
      ParseSentencePieceModel(FilesOf(fixture).model, "tokenizer.model");
  GgufTokenizerData data;
  data.source = "x.gguf";
  data.model = model->kind == SentencePieceKind::kBpe ? "llama" : "t5";
  data.bos_id = 1;
  data.add_bos = data.model == "llama";
  data.eos_id = model->eos_id;
  data.add_eos = data.model == "t5";
  data.add_space_prefix = true;
  for (const SentencePiece& piece : model->pieces) {
    data.tokens.push_back(piece.text);
    data.scores.push_back(piece.score);
    data.token_types.push_back(static_cast<int32_t>(piece.type));
  }
  return data;
}

TEST(SentencePiece, IsTheSameInAGgufFile) {
  for (const std::string fixture : {"llama2", "mixtral"}) {
    const auto tokenizer = Tokenizer::FromGguf(GgufOf(fixture));
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
    CheckCases(**tokenizer, ReadCases(FixtureFolder(fixture) + "/cases.jsonl"));
  }
  const auto unigram = Tokenizer::FromGguf(GgufOf("unigram"));
  ASSERT_TRUE(unigram.ok()) << unigram.status();
  EXPECT_EQ(*(*unigram)->Encode("Hello", true), (Ids{276, 369, 502, 1}));
}

// A small model whose pieces "ab" and "abc" are there to be passed through.
TEST(SentencePiece, SplitsUnusedPiecesAgain) {
  GgufTokenizerData data;
  data.source = "x.gguf";
  data.model = "llama";
  data.tokens = {"<unk>", "a", "b", "c", "ab", "abc", "abcd", "d"};
  data.scores = {0, -9, -9, -9, -1, -2, -3, -9};
  data.token_types = {2, 1, 1, 1, 5, 5, 1, 1};
  const auto tokenizer = Tokenizer::FromGguf(data);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.status();
  EXPECT_EQ(*(*tokenizer)->Encode("abcd", false), (Ids{6}));
  EXPECT_EQ(*(*tokenizer)->Encode("abcab", false), (Ids{1, 2, 3, 1, 2}));
  EXPECT_EQ(*(*tokenizer)->Encode("axyb", false), (Ids{1, 0, 2}));
}

}  // namespace
}  // namespace spacemoe
