#include "models/tokenizer/oniguruma.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spacemoe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Span> Find(std::string_view pattern, std::string_view text) {
  const auto regex = Regex::Compile(pattern);
  EXPECT_TRUE(regex.ok()) << regex.status();
  const auto found = (*regex)->FindAll(text);
  EXPECT_TRUE(found.ok()) << found.status();
  return *found;
}

TEST(Regex, FindsMatchesFromLeftToRight) {
  EXPECT_THAT(Find(R"(\p{L}+)", "ab, \xC3\xA4"),
              ElementsAre(Span{0, 2}, Span{4, 6}));
}

TEST(Regex, SkipsAnEmptyMatchBehindAMatch) {
  EXPECT_THAT(Find("x*", "axx\xC3\xA4"),
              ElementsAre(Span{0, 0}, Span{1, 3}, Span{5, 5}));
}

TEST(Regex, RefusesWhatIsNoPattern) {
  for (const char* pattern :
       {"(a", "[", "a{2,1", "(?<n>a)\\k<m>", "\\p{Xyz}"}) {
    const auto regex = Regex::Compile(pattern);
    if (regex.ok()) continue;  // Oniguruma takes some as literals
    EXPECT_THAT(std::string(regex.status().message()), HasSubstr(pattern));
  }
  EXPECT_FALSE(Regex::Compile("(a").ok());
  EXPECT_FALSE(Regex::Compile(std::string(100000, '(')).ok());
}

TEST(Regex, GivesUpOnAPatternThatExplodes) {
  const auto regex = Regex::Compile("(?:a|a)*b");
  ASSERT_TRUE(regex.ok());
  const auto found = (*regex)->FindAll(std::string(60, 'a') + "cb");
  EXPECT_EQ(found.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Regex, TakesAMegabyteOfOneWord) {
  const std::string text(size_t{1} << 20, 'a');
  EXPECT_THAT(Find(R"([^\r\n\p{L}\p{N}]?\p{L}+|\s+(?!\S)|\s+)", text),
              ElementsAre(Span{0, text.size()}));
}

}  // namespace
}  // namespace spacemoe
