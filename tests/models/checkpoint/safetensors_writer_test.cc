#include "models/checkpoint/safetensors_writer.h"

#include <cstring>
#include <filesystem>

#include "gtest/gtest.h"
#include "models/checkpoint/safetensors.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  const TempDir dir;
  const std::string path = dir.File("a.safetensors");
  const auto writer =
      SafetensorsWriter::Create(path, {{"z", SafetensorsType::kI64, {2}},
                                       {"a", SafetensorsType::kBF16, {1, 3}}});
  ASSERT_TRUE(writer.ok()) << writer.status();
  const std::string data = "0123456789abcdefABCDEF";
  ASSERT_TRUE((*writer)->Append(std::as_bytes(std::span(data))).ok());
  ASSERT_TRUE((*writer)->Finish().ok());

  const auto file = SafetensorsFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->metadata().at("format"), "pt");
  EXPECT_EQ((*file)->tensors()[0].name, "z");
  EXPECT_EQ((*file)->tensors()[0].type_name, "I64");
  const TensorInfo* a = (*file)->Find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->shape, (std::vector<std::int64_t>{1, 3}));
  EXPECT_EQ(std::memcmp(a->data, "ABCDEF", 6), 0);
}

TEST(SafetensorsWriter, LeavesNothingWhenItIsGivenUp) {
  const TempDir dir;
  {
    const auto writer = SafetensorsWriter::Create(
        dir.File("a.safetensors"), {{"a", SafetensorsType::kF32, {4}}});
    ASSERT_TRUE(writer.ok());
    EXPECT_EQ((*writer)->Finish().code(),
              absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(SafetensorsWriter, NamesAFolderThatIsMissing) {
  const auto writer = SafetensorsWriter::Create("/nonexistent/a", {});
  EXPECT_EQ(writer.status().code(), absl::StatusCode::kNotFound);
}

TEST(WriteF32Safetensors, WritesOneTensor) {
  const TempDir dir;
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const std::string path = dir.File("logits.safetensors");
  ASSERT_TRUE(WriteF32Safetensors(path, "logits", {2, 3}, values).ok());
  const auto file = SafetensorsFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(std::memcmp((*file)->Find("logits")->data, values.data(), 24), 0);
}

}  // namespace
}  // namespace spacemoe
