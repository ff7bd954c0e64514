#include "models/tokenizer/utf8.h"

#include <gtest/gtest.h>

#include <random>

#include "models/tokenizer/byte_level.h"

namespace spacemoe {
namespace {

std::string Repair(std::string_view bytes) {
  Utf8Repair repair;
  std::string text = repair.Push(bytes);
  return text + repair.Flush();
}

TEST(FindInvalidUtf8, FindsTheFirstWrongByte) {
  EXPECT_FALSE(FindInvalidUtf8("a\xC3\xA4\xE6\x97\xA5\xF0\x9F\x98\x80"));
  EXPECT_EQ(FindInvalidUtf8("a\xFF"), 1u);
  EXPECT_EQ(FindInvalidUtf8("ab\xC3"), 2u);
  EXPECT_EQ(FindInvalidUtf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0u);      // surrogate
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
}

TEST(Utf8Repair, ReplacesEachMaximalPart) {
  EXPECT_EQ(Repair("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(Repair("\xF0\x9F\x98z"), "\uFFFDz");
  EXPECT_EQ(Repair("\xF0\x9F"), "\uFFFD");
  EXPECT_EQ(Repair("\xE0\x80\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(Repair("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(Repair("\xC3\xC3\xA4"), "\uFFFD\u00E4");
}

TEST(Utf8Repair, HoldsBackWhatMayBecomeACharacter) {
  Utf8Repair repair;
  EXPECT_EQ(repair.Push("\xF0\x9F"), "");
  EXPECT_EQ(repair.Push("\x98"), "");
  EXPECT_EQ(repair.Push("\x80!"), "\U0001F600!");
  EXPECT_EQ(repair.Flush(), "");
}

TEST(Utf8Repair, GivesTheSameHoweverTheBytesAreCut) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 20, '\0');
    for (char& c : bytes) {
      static constexpr char kBytes[] = "a\xC3\xA4\xE6\x97\xF0\x9F\x98\xED\xFF";
      c = kBytes[random() % (sizeof(kBytes) - 1)];
    }
    Utf8Repair repair;
    std::string text;
    for (const char c : bytes) text += repair.Push({&c, 1});
    text += repair.Flush();
    EXPECT_EQ(text, Repair(bytes));
    EXPECT_FALSE(FindInvalidUtf8(text).has_value());
  }
}

TEST(ByteAlphabet, GoesThereAndBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes.push_back(static_cast<char>(byte));
  const std::string text = BytesToAlphabet(bytes);
  EXPECT_FALSE(FindInvalidUtf8(text).has_value());
  EXPECT_EQ(AlphabetToBytes(text), bytes);
  EXPECT_EQ(BytesToAlphabet(" \n"), "\u0120\u010A");
  EXPECT_FALSE(AlphabetToBytes("a b").has_value());
}

TEST(CharacterClasses, FollowUnicode) {
  EXPECT_TRUE(IsWhitespace(0x3000));
  EXPECT_FALSE(IsWhitespace(0x200B));
  EXPECT_TRUE(IsNumeric(0xBD));
  EXPECT_TRUE(IsPunctuation('$'));
  EXPECT_FALSE(IsPunctuation(0x20AC));
  EXPECT_TRUE(IsWordCharacter(0x200D));
  EXPECT_TRUE(IsWordCharacter('_'));
  EXPECT_FALSE(IsWordCharacter('-'));
  EXPECT_EQ(LowerCase(0x130), U"i\u0307");
}

}  // namespace
}  // namespace spacemoe
