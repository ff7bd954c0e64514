#include "models/checkpoint/tokenizer_files.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

const std::string kDemo = SPACEMOE_SOURCE_DIR "/models/demo";

TEST(TokenizerFiles, ReadsTheDemos) {
  const auto files = ReadTokenizerFiles(kDemo);
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_TRUE(files->gguf.has_value());
  EXPECT_EQ(files->gguf->model, "gpt2");
  EXPECT_EQ(files->gguf->pre, "smollm");
  EXPECT_EQ(files->gguf->tokens.size(), 49152);
  EXPECT_EQ(files->gguf->merges.size(), 48900);
  EXPECT_EQ(files->gguf->eos_id, 2);
  EXPECT_FALSE(files->gguf->add_bos);
  EXPECT_EQ(files->special_tokens.at("bos_token"), "<|im_start|>");
  EXPECT_EQ(files->special_tokens.at("eos_token"), "<|im_end|>");
  EXPECT_THAT(files->chat_template, HasSubstr("<|im_start|>system"));
}

TEST(TokenizerFiles, ReadsAFolderWithTokenizerFilesOnly) {
  const TempDir dir;
  dir.Write("tokenizer.json", R"({"model":{"type":"BPE"}})");
  dir.Write("tokenizer_config.json",
            R"({"bos_token":{"content":"<s>"},"eos_token":"</s>",)"
            R"("pad_token":null,"chat_template":"old"})");
  auto files = ReadTokenizerFiles(dir.path());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_FALSE(files->gguf.has_value());
  EXPECT_EQ(files->chat_template, "old");
  EXPECT_EQ(files->special_tokens.at("bos_token"), "<s>");
  EXPECT_EQ(files->special_tokens.at("eos_token"), "</s>");
  EXPECT_EQ(files->special_tokens.count("pad_token"), 0);

  dir.Write("chat_template.jinja", "new");
  files = ReadTokenizerFiles(dir.path());
  EXPECT_EQ(files->chat_template, "new");
}

TEST(TokenizerFiles, TakesTheDefaultOfSeveralTemplates) {
  const TempDir dir;
  dir.Write("tokenizer.json", "{}");
  dir.Write("tokenizer_config.json",
            R"({"chat_template":[{"name":"tools","template":"a"},)"
            R"({"name":"default","template":"b"}]})");
  EXPECT_EQ(ReadTokenizerFiles(dir.path())->chat_template, "b");
  dir.Write("tokenizer_config.json", R"({"chat_template":[]})");
  EXPECT_THAT(std::string(ReadTokenizerFiles(dir.path()).status().message()),
              HasSubstr("'default'"));
  dir.Write("tokenizer_config.json", R"({"chat_template":3})");
  EXPECT_EQ(ReadTokenizerFiles(dir.path()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(TokenizerFiles, SaysWhatIsMissing) {
  const TempDir dir;
  EXPECT_EQ(ReadTokenizerFiles(dir.path()).status().code(),
            absl::StatusCode::kNotFound);
  const auto none =
      ReadTokenizerFiles(SPACEMOE_TESTDATA "/gguf/mixtral_tied-q4_0.gguf");
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
}

TEST(TokenizerFiles, FindsTheTemplateForTools) {
  const TempDir dir;
  dir.Write("tokenizer.json", "{}");
  dir.Write("tokenizer_config.json", R"({"cls_token":"<c>","chat_template":[
      {"name":"default","template":"D"}, {"name":"tool_use","template":"U"}]})");
  auto files = ReadTokenizerFiles(dir.path());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->chat_template, "D");
  EXPECT_EQ(files->tool_use_template, "U");
  EXPECT_EQ(files->special_tokens.at("cls_token"), "<c>");
  std::filesystem::create_directory(dir.File("additional_chat_templates"));
  dir.Write("additional_chat_templates/tool_use.jinja", "V");
  files = ReadTokenizerFiles(dir.path());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->tool_use_template, "V");
}

TEST(TokenizerFiles, TakesASentencePieceModelWhereItIsAllThereIs) {
  const TempDir dir;
  dir.Write("tokenizer.model", "model");
  dir.Write("tokenizer_config.json",
            R"({"chat_template":"T","bos_token":"<s>"})");
  dir.Write("added_tokens.json", "{}");
  auto files = ReadTokenizerFiles(dir.path());
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_TRUE(files->sentence_piece.has_value());
  EXPECT_EQ(files->sentence_piece->model, "model");
  EXPECT_EQ(files->sentence_piece->added_tokens_json, "{}");
  EXPECT_EQ(files->chat_template, "T");
  EXPECT_EQ(files->special_tokens.at("bos_token"), "<s>");
  EXPECT_EQ(SummarizeTokenizer(dir.path()).kind,
            "SentencePiece (tokenizer.model)");
  dir.Write("tokenizer.json", "{}");
  files = ReadTokenizerFiles(dir.path());
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_FALSE(files->sentence_piece.has_value());
}

TEST(TokenizerFiles, NamesListsOfTheWrongType) {
  const TempDir dir;
  const std::string path =
      dir.Write("a.gguf", GgufBuilder()
                              .String("tokenizer.ggml.model", "gpt2")
                              .Ints("tokenizer.ggml.tokens", {1, 2})
                              .Build());
  const auto files = ReadTokenizerFiles(path);
  EXPECT_EQ(files.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(files.status().message()),
              HasSubstr("tokenizer.ggml.tokens"));
}

TEST(SummarizeTokenizer, TellsKindAndTemplate) {
  const TokenizerSummary demo = SummarizeTokenizer(kDemo);
  EXPECT_EQ(demo.kind, "gpt2, smollm (GGUF)");
  EXPECT_TRUE(demo.has_chat_template);
  const TokenizerSummary none =
      SummarizeTokenizer(SPACEMOE_TESTDATA "/models/mixtral");
  EXPECT_EQ(none.kind, "none");
  EXPECT_FALSE(none.has_chat_template);
  const TempDir dir;
  dir.Write("tokenizer.json", R"({"model":{"type":"Unigram"}})");
  EXPECT_EQ(SummarizeTokenizer(dir.path()).kind, "Unigram (tokenizer.json)");
}

}  // namespace
}  // namespace spacemoe
