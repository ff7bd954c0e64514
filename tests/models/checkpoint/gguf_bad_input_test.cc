#include <span>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/checkpoint/gguf.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

absl::Status Parse(const std::string& bytes) {
  static const std::string kPath = "file.gguf";
  return ParseGguf(std::as_bytes(std::span(bytes)), kPath).status();
}

void ExpectBroken(const std::string& bytes, const std::string& message) {
  const absl::Status status = Parse(bytes);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  EXPECT_THAT(std::string(status.message()), HasSubstr("file.gguf"));
}

void ExpectBroken(const GgufBuilder& builder, const std::string& message) {
  ExpectBroken(builder.Build(), message);
}

std::string ArrayHeader(GgufType type, std::uint64_t count) {
  return Bytes(type) + Bytes(count);
}

TEST(GgufBadInput, RefusesAnotherMagic) {
  ExpectBroken("", "begins with 'GGUF'");
  ExpectBroken("GGU", "begins with 'GGUF'");
  ExpectBroken("PK..............", "begins with 'GGUF'");
}

TEST(GgufBadInput, NamesAVersionThatIsNotKnown) {
  const absl::Status status = Parse(GgufBuilder().Version(1).Build());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), HasSubstr("found 1"));
  const absl::Status swapped = Parse(GgufBuilder().Version(0x03000000).Build());
  EXPECT_THAT(std::string(swapped.message()), HasSubstr("big-endian"));
}

TEST(GgufBadInput, RefusesEveryTruncation) {
  GgufBuilder builder;
  builder.Uint32("u", 1)
      .Strings("s", {"ab", "c"})
      .Tensor("t", {4}, 0, 0)
      .Data(std::string(16, 'x'));
  const std::string whole = builder.Build();
  ASSERT_TRUE(Parse(whole).ok()) << Parse(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Parse(whole.substr(0, size)).ok()) << size;
  }
}

TEST(GgufBadInput, RefusesCountsBeyondTheFile) {
  ExpectBroken(GgufBuilder().Counts(UINT64_MAX, 0),
               "says 18446744073709551615");
  ExpectBroken(GgufBuilder().Counts(0, UINT64_MAX / 2), "metadata pairs");
  ExpectBroken(GgufBuilder().Uint32("a", 1).Counts(5, 1), "tensors");
}

TEST(GgufBadInput, RefusesLengthsBeyondTheFile) {
  ExpectBroken(GgufBuilder().Pair("a", GgufType::kString,
                                  Bytes<std::uint64_t>(UINT64_MAX)),
               "truncated or broken");
  ExpectBroken(GgufBuilder().Pair("a", GgufType::kArray,
                                  ArrayHeader(GgufType::kUint8, 1u << 30)),
               "array elements");
  ExpectBroken(GgufBuilder().Pair("a", GgufType::kArray,
                                  ArrayHeader(GgufType::kFloat64, UINT64_MAX)),
               "array elements");
  ExpectBroken(GgufBuilder().Pair("a", GgufType::kArray,
                                  ArrayHeader(GgufType::kString, 1u << 28)),
               "array elements");
}

TEST(GgufBadInput, RefusesDeepNesting) {
  std::string value;
  for (int i = 0; i < 1000; ++i) value += ArrayHeader(GgufType::kArray, 1);
  ExpectBroken(GgufBuilder().Pair("a", GgufType::kArray, value), "nested");
}

TEST(GgufBadInput, RefusesAnUnknownValueType) {
  ExpectBroken(GgufBuilder().Pair("key", static_cast<GgufType>(13), "x"),
               "'key': expected a value type from 0 to 12, found 13");
}

TEST(GgufBadInput, RefusesKeysAndTensorsThatOccurTwice) {
  ExpectBroken(GgufBuilder().Uint32("a", 1).Uint32("a", 2), "'a' occurs twice");
  ExpectBroken(GgufBuilder()
                   .Tensor("t", {4}, 0, 0)
                   .Tensor("t", {4}, 0, 32)
                   .Data(std::string(48, 'x')),
               "'t' occurs twice");
}

TEST(GgufBadInput, RefusesEmptyNames) {
  ExpectBroken(GgufBuilder().Uint32("", 1), "metadata key");
  ExpectBroken(GgufBuilder().Tensor("", {4}, 0, 0).Data(std::string(16, 'x')),
               "tensor name");
}

TEST(GgufBadInput, RefusesBadAlignment) {
  ExpectBroken(GgufBuilder().Uint32("general.alignment", 0), "power of two");
  ExpectBroken(GgufBuilder().Uint32("general.alignment", 24), "power of two");
  ExpectBroken(GgufBuilder().String("general.alignment", "32"), "power of two");
}

TEST(GgufBadInput, RefusesBadShapes) {
  const std::string data(64, 'x');
  ExpectBroken(GgufBuilder().Tensor("t", {}, 0, 0).Data(data), "dimensions");
  ExpectBroken(GgufBuilder().Tensor("t", {1, 1, 1, 1, 1}, 0, 0).Data(data),
               "found 5");
  ExpectBroken(GgufBuilder().Tensor("t", {4, 0}, 0, 0).Data(data),
               "out of range");
  ExpectBroken(GgufBuilder().Tensor("t", {UINT64_MAX}, 0, 0).Data(data),
               "out of range");
  ExpectBroken(
      GgufBuilder().Tensor("t", {1ull << 40, 1ull << 40}, 0, 0).Data(data),
      "out of range");
  ExpectBroken(GgufBuilder().Tensor("t", {1ull << 62}, 0, 0).Data(data),
               "too large");
  ExpectBroken(GgufBuilder().Tensor("t", {31}, 8, 0).Data(data),
               "32-value blocks");
}

TEST(GgufBadInput, RefusesOffsetsOutOfRange) {
  const std::string data(64, 'x');
  ExpectBroken(GgufBuilder().Tensor("t", {4}, 0, 16).Data(data),
               "not a multiple of 32");
  ExpectBroken(GgufBuilder().Tensor("t", {4}, 0, 64).Data(data),
               "needs 16 bytes at 64");
  ExpectBroken(GgufBuilder().Tensor("t", {4}, 0, UINT64_MAX - 31).Data(data),
               "needs 16 bytes");
  ExpectBroken(GgufBuilder().Tensor("t", {17}, 0, 0).Data(data),
               "needs 68 bytes");
}

TEST(GgufBadInput, RefusesTensorsThatOverlap) {
  ExpectBroken(GgufBuilder()
                   .Tensor("first", {16}, 0, 0)
                   .Tensor("second", {4}, 0, 32)
                   .Data(std::string(64, 'x')),
               "'second' at 32 overlaps tensor 'first', which ends at 64");
}

}  // namespace
}  // namespace spacemoe
