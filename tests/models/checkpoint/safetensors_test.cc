#include "models/checkpoint/safetensors.h"

#include <span>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<SafetensorsHeader> Parse(const std::string& bytes) {
  static const std::string kPath = "file.safetensors";
  return ParseSafetensors(std::as_bytes(std::span(bytes)), kPath);
}

absl::StatusOr<SafetensorsHeader> Parse(std::string_view header,
                                        std::string_view data) {
  return Parse(SafetensorsBytes(header, data));
}

void ExpectBroken(const absl::StatusOr<SafetensorsHeader>& header,
                  const std::string& message) {
  EXPECT_EQ(header.status().code(), absl::StatusCode::kDataLoss)
      << header.status();
  EXPECT_THAT(std::string(header.status().message()), HasSubstr(message));
  EXPECT_THAT(std::string(header.status().message()),
              HasSubstr("file.safetensors"));
}

// One F32 tensor [2] named "a" with the given offsets.
std::string OneTensor(std::string_view offsets) {
  return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" +
         std::string(offsets) + "}}";
}

TEST(Safetensors, ReadsTensorsInTheOrderOfTheirData) {
  const std::string bytes = SafetensorsBytes(
      R"({"__metadata__":{"format":"pt"},)"
      R"("a":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]},)"
      R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   )",
      "12345678");
  const auto header = Parse(bytes);
  ASSERT_TRUE(header.ok()) << header.status();
  ASSERT_EQ(header->tensors.size(), 2);
  EXPECT_EQ(header->tensors[0].name, "b");
  EXPECT_EQ(header->tensors[1].type, StorageType::kBF16);
  EXPECT_EQ(header->tensors[1].shape, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(header->metadata.at("format"), "pt");
  EXPECT_EQ(*header->tensors[1].data, std::byte{'5'});
}

TEST(Safetensors, OpensAFileWithTypesThatNoKernelReads) {
  const std::string bytes = SafetensorsBytes(
      R"({"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[8,10]}})",
      "1234567890");
  const auto header = Parse(bytes);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_FALSE(header->tensors[0].type.has_value());
  EXPECT_EQ(header->tensors[1].type_name, "F8_E4M3");
}

TEST(Safetensors, AcceptsScalarsAndEmptyTensors) {
  const std::string bytes = SafetensorsBytes(
      R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
      R"("b":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]}})",
      "1234");
  ASSERT_TRUE(Parse(bytes).ok()) << Parse(bytes).status();
}

TEST(Safetensors, RefusesAFileWithoutALength) {
  ExpectBroken(Parse("1234567"), "found only 7 bytes");
  ExpectBroken(Parse(std::string()), "found only 0 bytes");
}

TEST(Safetensors, RefusesAHugeHeader) {
  ExpectBroken(Parse(Bytes<std::uint64_t>(100'000'001) + "{}"),
               "at most 100000000 bytes, found 100000001");
  ExpectBroken(Parse(Bytes<std::uint64_t>(UINT64_MAX) + "{}"), "at most");
}

TEST(Safetensors, RefusesAHeaderBeyondTheFile) {
  ExpectBroken(Parse(Bytes<std::uint64_t>(3) + "{}"),
               "the header says 3 bytes, the file has 10");
}

TEST(Safetensors, RefusesAHeaderThatIsNotAnObject) {
  ExpectBroken(Parse("[]", ""), "begins with '{'");
  ExpectBroken(Parse("", ""), "begins with '{'");
  ExpectBroken(Parse("{", ""), "expected JSON");
  ExpectBroken(Parse(R"({"a":1})", ""), "'a': expected an object");
  ExpectBroken(Parse("{\"\xff\":{}}", ""), "expected JSON");
}

TEST(Safetensors, RefusesDeepNesting) {
  const std::string deep(100'000, '[');
  ExpectBroken(Parse(R"({"a":)" + deep, ""), "nested at most");
}

TEST(Safetensors, RefusesATensorThatOccursTwice) {
  ExpectBroken(Parse(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                     R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                     "12"),
               "'a' occurs twice");
}

TEST(Safetensors, RefusesOffsetsOutOfRange) {
  ExpectBroken(Parse(OneTensor("[0,8]"), "1234567"), "truncated?");
  ExpectBroken(Parse(OneTensor("[8,0]"), "12345678"), "[8, 0]");
  ExpectBroken(Parse(OneTensor("[-8,0]"), "12345678"), "whole numbers");
  ExpectBroken(Parse(OneTensor("[0]"), "12345678"), "data_offsets");
  ExpectBroken(Parse(OneTensor("[0,18446744073709551615]"), "12345678"),
               "whole numbers");
  ExpectBroken(Parse(OneTensor("\"x\""), "12345678"), "data_offsets");
}

TEST(Safetensors, RefusesASizeThatContradictsTheShape) {
  ExpectBroken(Parse(OneTensor("[0,4]"), "1234"), "needs 8 bytes");
}

TEST(Safetensors, RefusesShapesThatOverflow) {
  ExpectBroken(Parse(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],)"
                     R"("data_offsets":[0,0]}})",
                     ""),
               "too large");
  ExpectBroken(
      Parse(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}})", "1"),
      "whole bytes");
}

TEST(Safetensors, RefusesOverlapsHolesAndLeftovers) {
  const auto two = [](std::string_view b) {
    return Parse(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                 R"("b":{"dtype":"U8","shape":[2],"data_offsets":)" +
                     std::string(b) + "}}",
                 "12345");
  };
  ExpectBroken(two("[1,3]"), "overlap");
  ExpectBroken(two("[3,5]"), "hole");
  ExpectBroken(two("[2,4]"), "the tensors take 4 bytes, the file holds 5");
}

TEST(Safetensors, RefusesAnUnknownType) {
  ExpectBroken(
      Parse(R"({"a":{"dtype":"F3","shape":[1],"data_offsets":[0,1]}})", "1"),
      "found F3");
  ExpectBroken(Parse(R"({"a":{"shape":[1],"data_offsets":[0,1]}})", "1"),
               "'dtype'");
}

TEST(Safetensors, RefusesMetadataThatIsNotText) {
  ExpectBroken(Parse(R"({"__metadata__":{"format":1}})", ""), "'format'");
  ExpectBroken(Parse(R"({"__metadata__":[]})", ""), "__metadata__");
}

TEST(SafetensorsFile, FindsByName) {
  const auto file = SafetensorsFile::Open(SPACEMOE_TESTDATA
                                          "/models/mixtral/model.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_NE((*file)->Find("lm_head.weight"), nullptr);
  EXPECT_EQ((*file)->Find("lm_head.weight")->elements(), 320 * 64);
  EXPECT_EQ((*file)->Find("lm_head"), nullptr);
}

}  // namespace
}  // namespace spacemoe
