#include "models/checkpoint/unused_tensors.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

UnusedTensors UnusedOf(const std::string& name) {
  const auto checkpoint = Checkpoint::Open(SPACEMOE_TESTDATA "/" + name);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return checkpoint.ok() ? FindUnusedTensors(**checkpoint) : UnusedTensors();
}

std::string SkippedNoteOf(const std::string& name) {
  const auto checkpoint = Checkpoint::Open(SPACEMOE_TESTDATA "/" + name);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return checkpoint.ok() ? SkippedNote(**checkpoint) : "not opened";
}

TEST(UnusedTensors, AreNone) {
  for (const char* name : {"models/mixtral", "models/granitemoeshared",
                           "models/deepseek_v3_fp8", "models/gpt_oss_mxfp4",
                           "models/llama4_text", "gguf/granitemoe-bf16.gguf"}) {
    EXPECT_EQ(UnusedText(UnusedOf(name)), "") << name;
  }
}

TEST(UnusedTensors, AreThoseOfLayersBeyondTheLast) {
  const UnusedTensors unused = UnusedOf("models/deepseek_v3_yarn_mtp");
  EXPECT_THAT(unused.others, IsEmpty());
  EXPECT_THAT(unused.multi_token_prediction,
              Each(HasSubstr("model.layers.2.")));
  EXPECT_THAT(UnusedText(unused), HasSubstr("of multi-token prediction"));
  EXPECT_EQ(SkippedNoteOf("models/deepseek_v3_yarn_mtp"),
            "6 tensors of multi-token prediction are skipped");
  EXPECT_EQ(SkippedNoteOf("models/llama_moe"), "") << "transformers ignores";
}

TEST(UnusedTensors, AreNamedOtherwise) {
  EXPECT_THAT(UnusedText(UnusedOf("models/llama_moe")),
              HasSubstr("6 tensors (model.layers."));
}

// llama.cpp's loader would not take such a file either.
TEST(UnusedTensors, OfAGgufFileAreRefused) {
  std::string file = ReadAll(SPACEMOE_TESTDATA "/gguf/qwen3_moe-f32.gguf");
  const std::size_t at = file.find("blk.1.attn_q_norm.weight");
  ASSERT_NE(at, std::string::npos);
  // The metadata still says what it did; the norm is taken for absent.
  for (const char* name : {"blk.0.attn_q_norm.weight"}) {
    file[file.find(name) + 7] = 'x';
  }
  const TempDir dir;
  const auto checkpoint = Checkpoint::Open(dir.Write("model.gguf", file));
  EXPECT_EQ(checkpoint.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(checkpoint.status().message()),
              HasSubstr("expected none of that name in a model of family "
                        "qwen3_moe"));
}

}  // namespace
}  // namespace spacemoe
