#include "models/tokenizer/bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "models/tokenizer/bpe_merge.h"

namespace spacemoe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int32_t> Tokens(const Bpe& bpe, std::string_view word) {
  std::vector<int32_t> ids;
  EXPECT_TRUE(bpe.Tokenize(word, &ids).ok());
  return ids;
}

// a b c ab abc, 0 to 4.
BpeOptions Alphabet() {
  BpeOptions options;
  int32_t id = 0;
  for (const char* token : {"a", "b", "c", "ab", "abc"}) {
    options.vocabulary.Add(token, id++);
  }
  options.merges = {{"a", "b"}, {"ab", "c"}};
  return options;
}

TEST(Bpe, MergesTheLowestRankFirst) {
  const auto bpe = Bpe::Create(Alphabet());
  ASSERT_TRUE(bpe.ok()) << bpe.status();
  EXPECT_THAT(Tokens(**bpe, "abcab"), ElementsAre(4, 3));
  EXPECT_THAT(Tokens(**bpe, "abcab"), ElementsAre(4, 3));  // from the cache
}

TEST(Bpe, LeavesOutWhatHasNoTokenWithoutUnknownToken) {
  const auto bpe = Bpe::Create(Alphabet());
  ASSERT_TRUE(bpe.ok());
  EXPECT_THAT(Tokens(**bpe, "axb"), ElementsAre(3));
}

TEST(Bpe, GivesOneUnknownTokenForEachCharacter) {
  BpeOptions options = Alphabet();
  options.unk_token = "c";
  const auto bpe = Bpe::Create(std::move(options));
  ASSERT_TRUE(bpe.ok());
  EXPECT_THAT(Tokens(**bpe, "axyb"), ElementsAre(0, 2, 2, 1));
}

TEST(Bpe, FusesUnknownTokens) {
  BpeOptions options = Alphabet();
  options.unk_token = "c";
  options.fuse_unk = true;
  const auto bpe = Bpe::Create(std::move(options));
  ASSERT_TRUE(bpe.ok());
  EXPECT_THAT(Tokens(**bpe, "axyb"), ElementsAre(0, 2, 1));
}

TEST(Bpe, FallsBackToBytes) {
  BpeOptions options = Alphabet();
  options.vocabulary.Add("<0xC3>", 7);
  options.vocabulary.Add("<0xA4>", 8);
  options.byte_fallback = true;
  options.unk_token = "c";
  const auto bpe = Bpe::Create(std::move(options));
  ASSERT_TRUE(bpe.ok());
  EXPECT_THAT(Tokens(**bpe, "aäö"), ElementsAre(0, 7, 8, 2));
}

TEST(Bpe, TakesWholeWordsWhenMergesAreIgnored) {
  BpeOptions options = Alphabet();
  options.vocabulary.Add("cab", 9);
  options.ignore_merges = true;
  const auto bpe = Bpe::Create(std::move(options));
  ASSERT_TRUE(bpe.ok());
  EXPECT_THAT(Tokens(**bpe, "cab"), ElementsAre(9));
  EXPECT_THAT(Tokens(**bpe, "cabc"), ElementsAre(2, 4));
}

TEST(Bpe, RefusesAMergeOfAnUnknownToken) {
  for (const auto& [left, right, missing] :
       {std::tuple("z", "a", "\"z\""), std::tuple("a", "z", "\"z\""),
        std::tuple("b", "c", "\"bc\"")}) {
    BpeOptions options = Alphabet();
    options.merges.emplace_back(left, right);
    const auto bpe = Bpe::Create(std::move(options));
    ASSERT_EQ(bpe.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(bpe.status().message()),
                AllOf(HasSubstr("merge 2"), HasSubstr(missing)));
  }
}

TEST(Bpe, RefusesAnUnknownTokenThatIsNotInTheVocabulary) {
  BpeOptions options = Alphabet();
  options.unk_token = "<unk>";
  const auto bpe = Bpe::Create(std::move(options));
  EXPECT_EQ(bpe.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SplitMerge, NeedsExactlyOneSpace) {
  EXPECT_EQ(SplitMerge("a b")->second, "b");
  EXPECT_FALSE(SplitMerge("ab").has_value());
  EXPECT_FALSE(SplitMerge("a b c").has_value());
}

// The definition, without regard to time.
std::vector<int32_t> MergePlainly(const BpeMerges& merges,
                                  std::vector<int32_t> symbols) {
  while (true) {
    const BpeMerge* best = nullptr;
    size_t at = 0;
    for (size_t i = 0; i + 1 < symbols.size(); ++i) {
      const BpeMerge* merge = merges.Find(symbols[i], symbols[i + 1]);
      if (merge == nullptr) continue;
      if (best == nullptr || merge->rank < best->rank) {
        best = merge;
        at = i;
      }
    }
    if (best == nullptr) return symbols;
    symbols[at] = best->result;
    symbols.erase(symbols.begin() + at + 1);
  }
}

TEST(MergeSymbols, EqualsTheDefinitionForWordsOfAnyLength) {
  std::mt19937 random(7);
  BpeMerges merges;
  for (int rank = 0; rank < 200; ++rank) {
    merges.Set(random() % 30, random() % 30,
               {rank, static_cast<int32_t>(random() % 30)});
  }
  for (int round = 0; round < 500; ++round) {
    std::vector<int32_t> symbols(random() % 120);
    for (int32_t& symbol : symbols) symbol = random() % 30;
    const auto expected = MergePlainly(merges, symbols);
    MergeSymbols(merges, &symbols);
    EXPECT_EQ(symbols, expected);
  }
}

TEST(MergeSymbols, TakesAMegabyteOfOneLetter) {
  BpeMerges merges;
  for (int32_t level = 0; level < 8; ++level) {
    merges.Set(level, level, {level, level + 1});
  }
  std::vector<int32_t> symbols(size_t{1} << 20, 0);
  MergeSymbols(merges, &symbols);
  EXPECT_EQ(symbols, std::vector<int32_t>(size_t{1} << 12, 8));
}

}  // namespace
}  // namespace spacemoe
