#include "models/tokenizer/unigram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spacemoe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

UnigramOptions Pieces() {
  UnigramOptions options;
  options.pieces = {"<unk>", "a", "b", "ab", "abb"};
  options.scores = {0, -1, -1.5, -1.2, -4};
  options.unk_id = 0;
  return options;
}

std::vector<int32_t> Tokens(const Unigram& unigram, std::string_view word) {
  std::vector<int32_t> ids;
  EXPECT_TRUE(unigram.Tokenize(word, &ids).ok());
  return ids;
}

TEST(Unigram, FindsTheSegmentationOfHighestScore) {
  const auto unigram = Unigram::Create(Pieces());
  ASSERT_TRUE(unigram.ok()) << unigram.status();
  EXPECT_THAT(Tokens(**unigram, "abb"), ElementsAre(3, 2));
  EXPECT_THAT(Tokens(**unigram, "aab"), ElementsAre(1, 3));
}

TEST(Unigram, FusesARunOfUnknownCharacters) {
  const auto unigram = Unigram::Create(Pieces());
  ASSERT_TRUE(unigram.ok());
  EXPECT_THAT(Tokens(**unigram, "axyäb"), ElementsAre(1, 0, 2));
}

TEST(Unigram, FailsOnUnknownCharactersWithoutUnknownToken) {
  UnigramOptions options = Pieces();
  options.unk_id.reset();
  const auto unigram = Unigram::Create(std::move(options));
  ASSERT_TRUE(unigram.ok());
  std::vector<int32_t> ids;
  const absl::Status status = (*unigram)->Tokenize("ax", &ids);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"x\""));
}

TEST(Unigram, RefusesAnUnknownIdThatIsNoPiece) {
  UnigramOptions options = Pieces();
  options.unk_id = 5;
  EXPECT_EQ(Unigram::Create(std::move(options)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Unigram, RefusesAnEmptyVocabulary) {
  EXPECT_EQ(Unigram::Create({}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace spacemoe
