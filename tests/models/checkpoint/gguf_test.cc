#include "models/checkpoint/gguf.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<GgufFile> Open(const TempDir& dir, const GgufBuilder& builder) {
  auto file = GgufFile::Open(dir.Write("a.gguf", builder.Build()));
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? *std::move(file) : nullptr;
}

TEST(Gguf, ReadsEveryKindOfValue) {
  const TempDir dir;
  GgufBuilder builder;
  builder.Pair("u8", GgufType::kUint8, Bytes<std::uint8_t>(200))
      .Pair("i8", GgufType::kInt8, Bytes<std::int8_t>(-3))
      .Pair("u16", GgufType::kUint16, Bytes<std::uint16_t>(60000))
      .Pair("i16", GgufType::kInt16, Bytes<std::int16_t>(-300))
      .Pair("i32", GgufType::kInt32, Bytes<std::int32_t>(-70000))
      .Pair("u64", GgufType::kUint64, Bytes<std::uint64_t>(UINT64_MAX))
      .Pair("i64", GgufType::kInt64, Bytes<std::int64_t>(INT64_MIN))
      .Pair("f64", GgufType::kFloat64, Bytes<double>(0.1))
      .Uint32("u32", 4000000000u)
      .Float32("f32", 1e-5f)
      .Bool("bool", true)
      .String("string", "text")
      .Strings("strings", {"a", "", "bc"})
      .Ints("ints", {1, -2});
  const auto file = Open(dir, builder);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(*file->GetInt("u8"), 200);
  EXPECT_EQ(*file->GetInt("i8"), -3);
  EXPECT_EQ(*file->GetInt("u16"), 60000);
  EXPECT_EQ(*file->GetInt("i16"), -300);
  EXPECT_EQ(*file->GetInt("u32"), 4000000000);
  EXPECT_EQ(*file->GetInt("i32"), -70000);
  EXPECT_EQ(*file->GetInt("i64"), INT64_MIN);
  EXPECT_FALSE(file->GetInt("u64").ok());  // does not fit
  EXPECT_TRUE(*file->GetBool("bool"));
  EXPECT_EQ(*file->GetString("string"), "text");
  EXPECT_THAT(*file->GetStrings("strings"), ElementsAre("a", "", "bc"));
  EXPECT_THAT(*file->GetInts("ints"), ElementsAre(1, -2));
  const nlohmann::json json = file->MetadataJson();
  EXPECT_EQ(json["f32"], 1e-5);  // not 9.99999974e-06
  EXPECT_EQ(json["f64"], 0.1);
  EXPECT_EQ(json["u64"], UINT64_MAX);
}

TEST(Gguf, ReadsVersionTwo) {
  const TempDir dir;
  const auto file = Open(dir, GgufBuilder().Version(2).Uint32("a", 1));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->version(), 2);
}

TEST(Gguf, ReadsArraysInArrays) {
  const TempDir dir;
  const std::string inner =
      Bytes(GgufType::kUint8) + Bytes<std::uint64_t>(2) + "ab";
  const std::string outer =
      Bytes(GgufType::kArray) + Bytes<std::uint64_t>(2) + inner + inner;
  const auto file = Open(
      dir,
      GgufBuilder().Pair("nested", GgufType::kArray, outer).Uint32("z", 7));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(*file->GetInt("z"), 7);
  EXPECT_FALSE(file->MetadataJson().contains("nested"));
}

TEST(Gguf, SaysWhichKeyIsMissingOrOfAnotherType) {
  const TempDir dir;
  const auto file = Open(
      dir, GgufBuilder().String("s", "x").Uint32("u", 1).Strings("a", {"x"}));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->GetInt("none").status().code(), absl::StatusCode::kNotFound);
  for (const absl::Status& status :
       {file->GetInt("s").status(), file->GetString("u").status(),
        file->GetBool("u").status(), file->GetStrings("u").status(),
        file->GetInts("a").status(), file->GetFloats("a").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("metadata '"));
  }
}

TEST(Gguf, TurnsDimensionsAroundAndSortsByOffset) {
  const TempDir dir;
  const auto file = Open(dir, GgufBuilder()
                                  .Tensor("b", {32, 2}, 8, 64)
                                  .Tensor("a", {2, 3}, 0, 0)
                                  .Data(std::string(64 + 68, 'x')));
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(file->tensors().size(), 2);
  EXPECT_THAT(file->tensors()[0].shape, ElementsAre(3, 2));
  EXPECT_EQ(file->tensors()[1].type, StorageType::kQ8_0);
  EXPECT_EQ(file->tensors()[1].bytes, 68);
  EXPECT_EQ(file->tensors()[1].data - file->tensors()[0].data, 64);
}

TEST(Gguf, ObeysTheAlignment) {
  const TempDir dir;
  GgufBuilder builder;
  builder.Uint32("general.alignment", 8)
      .Tensor("a", {2}, 0, 0)
      .Tensor("b", {2}, 0, 8)
      .Data(std::string(16 + 24, 'x'));
  const auto file = Open(dir, builder);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->tensors()[1].data - file->tensors()[0].data, 8);
}

TEST(Gguf, OpensAFileWithTypesThatNoKernelReads) {
  const TempDir dir;
  const auto file = Open(dir, GgufBuilder()
                                  .Tensor("a", {256}, 16, 0)
                                  .Tensor("b", {3}, 77, 96)
                                  .Data(std::string(256, 'x')));
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->tensors()[0].type_name, "IQ2_XXS");
  EXPECT_FALSE(file->tensors()[0].type.has_value());
  EXPECT_EQ(file->tensors()[1].type_name, "type 77");
}

TEST(Gguf, ReadsTheDemo) {
  const auto file = GgufFile::Open(
      SPACEMOE_SOURCE_DIR "/models/demo/SmolLM2-135M-Instruct-MoE-8x2.gguf");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->tensors().size(), 392);
  EXPECT_EQ((*file)->GetStrings("tokenizer.ggml.tokens")->size(), 49152);
  EXPECT_EQ((*file)->GetInts("tokenizer.ggml.token_type")->size(), 49152);
}

}  // namespace
}  // namespace spacemoe
