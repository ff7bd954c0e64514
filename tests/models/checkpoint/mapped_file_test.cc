#include "models/checkpoint/mapped_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

TEST(MappedFile, GivesTheBytes) {
  const TempDir dir;
  const auto file = MappedFile::Open(dir.Write("a", "abc"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ((*file)->bytes().size(), 3);
  EXPECT_EQ((*file)->bytes()[2], std::byte{'c'});
}

TEST(MappedFile, MapsAnEmptyFileToNothing) {
  const TempDir dir;
  const auto file = MappedFile::Open(dir.Write("a", ""));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE((*file)->bytes().empty());
}

TEST(MappedFile, NamesAMissingFile) {
  const auto file = MappedFile::Open("/nonexistent/file");
  EXPECT_EQ(file.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(file.status().message()),
              HasSubstr("/nonexistent/file"));
}

TEST(MappedFile, RefusesAFolderAndAPipe) {
  const TempDir dir;
  EXPECT_EQ(MappedFile::Open(dir.path()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MappedFile::Open("/dev/null").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(ReadTextFile, RefusesAFileThatIsTooLarge) {
  const TempDir dir;
  const std::string path = dir.Write("a", "12345");
  EXPECT_EQ(*ReadTextFile(path, 5), "12345");
  EXPECT_EQ(ReadTextFile(path, 4).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace spacemoe
