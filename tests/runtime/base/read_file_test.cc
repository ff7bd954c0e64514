#include "runtime/base/read_file.h"

#include <cstdio>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

std::string Write(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ReadFile, ReadsAllBytes) {
  const std::string text = std::string(40000, 'a') + std::string("\0b\n", 3);
  const std::string path = Write("read-file-bytes", text);
  EXPECT_EQ(*ReadFile(path), text);
  std::remove(path.c_str());
}

TEST(ReadFile, ReadsNothingFromAnEmptyFile) {
  const std::string path = Write("read-file-empty", "");
  EXPECT_EQ(*ReadFile(path), "");
  std::remove(path.c_str());
}

TEST(ReadFile, NamesWhatIsNotThere) {
  const absl::Status status = ReadFile("/no/such/file").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("cannot read /no/such/file"));
}

// A stream's buffer throws for one.
TEST(ReadFile, RefusesAFolder) {
  const absl::Status status = ReadFile(::testing::TempDir()).status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("directory"));
}

}  // namespace
}  // namespace spacemoe
