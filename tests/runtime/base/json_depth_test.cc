#include "runtime/base/json_depth.h"

#include "gtest/gtest.h"

namespace spacemoe {
namespace {

TEST(JsonDepth, CountsObjectsAndArrays) {
  EXPECT_FALSE(NestsDeeperThan(3, R"({"a": [{"b": 1}], "c": [[2]]})"));
  EXPECT_TRUE(NestsDeeperThan(2, R"({"a": [{"b": 1}]})"));
  EXPECT_FALSE(NestsDeeperThan(1, "[1], [2], [3]"));
  EXPECT_FALSE(NestsDeeperThan(0, ""));
}

TEST(JsonDepth, LeavesStringsOut) {
  EXPECT_FALSE(NestsDeeperThan(1, R"({"a": "[[[{{{"})"));
  EXPECT_FALSE(NestsDeeperThan(1, R"({"a": "\"[["})"));
  EXPECT_TRUE(NestsDeeperThan(1, R"({"a\\": [1]})"));
}

TEST(JsonDepth, TakesWhatIsNoJson) {
  EXPECT_FALSE(NestsDeeperThan(1, "]]]]["));
  EXPECT_FALSE(NestsDeeperThan(1, "\"\\"));
}

}  // namespace
}  // namespace spacemoe
