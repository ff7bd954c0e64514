#include "coordinator/core/stop_finder.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

std::string All(StopFinder* finder, const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += finder->Push(piece);
  return text + finder->Flush();
}

TEST(StopFinder, CutsBeforeTheStop) {
  StopFinder finder({"END"});
  EXPECT_EQ(All(&finder, {"one END two"}), "one ");
  EXPECT_TRUE(finder.found());
}

TEST(StopFinder, FindsAStopThatComesInPieces) {
  StopFinder finder({"END"});
  EXPECT_EQ(finder.Push("a E"), "a ");
  EXPECT_EQ(finder.Push("N"), "");
  EXPECT_EQ(finder.Push("D b"), "");
  EXPECT_TRUE(finder.found());
  EXPECT_EQ(finder.Flush(), "");
}

TEST(StopFinder, GivesBackWhatWasNoStop) {
  StopFinder finder({"END"});
  EXPECT_EQ(finder.Push("a EN"), "a ");
  EXPECT_EQ(finder.Push("E"), "EN");
  EXPECT_EQ(finder.Flush(), "E");
  EXPECT_FALSE(finder.found());
}

TEST(StopFinder, TheFirstInTheTextCounts) {
  StopFinder finder({"later", "so"});
  EXPECT_EQ(All(&finder, {"not so late, later"}), "not ");
}

TEST(StopFinder, FindsAStopInsideAnOverlap) {
  StopFinder finder({"aab"});
  EXPECT_EQ(All(&finder, {"a", "a", "a", "b"}), "a");
  EXPECT_TRUE(finder.found());
}

TEST(StopFinder, KeepsCharactersWhole) {
  StopFinder finder({"\xC3\xA9t"});  // "et" with an acute accent
  EXPECT_EQ(finder.Push("caf\xC3\xA9"), "caf");
  EXPECT_EQ(finder.Push("s"), "\xC3\xA9s");
}

TEST(StopFinder, PassesEverythingWithoutStops) {
  StopFinder finder({});
  EXPECT_EQ(finder.Push("abc"), "abc");
  EXPECT_EQ(finder.Flush(), "");
}

TEST(StopFinder, SaysNothingAfterTheStop) {
  StopFinder finder({"."});
  EXPECT_EQ(All(&finder, {"One.", " Two.", " Three."}), "One");
}

}  // namespace
}  // namespace spacemoe
