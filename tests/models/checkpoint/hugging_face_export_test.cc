#include "models/checkpoint/hugging_face_export.h"

#include <cinttypes>
#include <cstdio>
#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/checkpoint/model_weights.h"
#include "nlohmann/json.hpp"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string kModels = SPACEMOE_TESTDATA "/models/";
const std::string kGguf = SPACEMOE_TESTDATA "/gguf/";

std::string Export(const std::string& path, const std::string& out,
                   const ExportOptions& options = {}) {
  const auto checkpoint = Checkpoint::Open(path);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto summary = ExportHuggingFace(**checkpoint, out, options);
  EXPECT_TRUE(summary.ok()) << summary.status();
  return out;
}

std::string Hash(const TensorInfo& tensor) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016" PRIx64,
                Fnv1a({reinterpret_cast<const char*>(tensor.data),
                       static_cast<std::size_t>(tensor.bytes)}));
  return text;
}

// A type keeps its 16 bits, so the hash of the widened values needs widening.
std::string WidenedHash(const TensorInfo& tensor) {
  MatrixView view;
  view.type = *tensor.type;
  view.rows = 1;
  view.cols = tensor.elements();
  view.data = tensor.data;
  std::vector<float> values(view.cols);
  DequantizeRow(view, 0, values.data());
  TensorInfo wide = tensor;
  wide.data = reinterpret_cast<const std::byte*>(values.data());
  wide.bytes = static_cast<std::int64_t>(values.size() * 4);
  return Hash(wide);
}

TEST(ExportHuggingFace, GivesTheValuesThatTheReferenceWidens) {
  const json expected = json::parse(ReadAll(kGguf + "expected.json"));
  ASSERT_EQ(expected.size(), 11);
  for (const auto& [name, hashes] : expected.items()) {
    const TempDir dir;
    const auto file = SafetensorsFile::Open(
        Export(kGguf + name, dir.File("out")) + "/model.safetensors");
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ((*file)->tensors().size(), hashes.size());
    for (const auto& [tensor, hash] : hashes.items()) {
      const TensorInfo* info = (*file)->Find(tensor);
      ASSERT_NE(info, nullptr) << name << " " << tensor;
      EXPECT_EQ(WidenedHash(*info), hash.get<std::string>())
          << name << " " << tensor;
    }
  }
}

TEST(ExportHuggingFace, RestoresThePublishedFolder) {
  const TempDir dir;
  const std::string out =
      Export(kGguf + "granitemoeshared-f32.gguf", dir.File("out"));
  const auto published = Checkpoint::Open(kModels + "granitemoeshared");
  const auto exported = Checkpoint::Open(out);
  ASSERT_TRUE(published.ok() && exported.ok()) << exported.status();
  ModelConfig config = (*published)->config();
  config.pad_token_id.reset();
  EXPECT_EQ((*exported)->config(), config);
  ASSERT_EQ((*exported)->tensors().size(), (*published)->tensors().size());
  for (const TensorInfo* tensor : (*published)->tensors()) {
    const TensorInfo* copy = (*exported)->FindTensor(tensor->name);
    ASSERT_NE(copy, nullptr) << tensor->name;
    EXPECT_EQ(copy->shape, tensor->shape);
    EXPECT_EQ(Hash(*copy), Hash(*tensor)) << tensor->name;
  }
}

TEST(ExportHuggingFace, KeepsPlainTypesAndWidensTheQuantised) {
  const TempDir dir;
  ExportOptions options;
  options.widened_type = SafetensorsType::kF16;
  const auto plain = SafetensorsFile::Open(
      Export(kGguf + "granitemoe-bf16.gguf", dir.File("a"), options) +
      "/model.safetensors");
  EXPECT_EQ((*plain)->Find("model.embed_tokens.weight")->type_name, "BF16");
  EXPECT_EQ((*plain)->Find("model.norm.weight")->type_name, "F32");
  const auto quantised = SafetensorsFile::Open(
      Export(kGguf + "mixtral_tied-q8_0.gguf", dir.File("b"), options) +
      "/model.safetensors");
  EXPECT_EQ((*quantised)->Find("model.embed_tokens.weight")->type_name, "F16");
  EXPECT_EQ((*quantised)->Find("model.norm.weight")->type_name, "F32");
  const json config = json::parse(ReadAll(dir.File("b") + "/config.json"));
  EXPECT_EQ(config["torch_dtype"], "float16");
  EXPECT_FALSE(std::filesystem::exists(dir.File("b") + "/tokenizer.json"));
}

TEST(ExportHuggingFace, CutsIntoShards) {
  const TempDir dir;
  ExportOptions options;
  options.max_shard_bytes = 100'000;
  const std::string out =
      Export(kGguf + "mixtral_tied-q8_0.gguf", dir.File("out"), options);
  EXPECT_TRUE(
      std::filesystem::exists(out + "/model-00001-of-00003.safetensors"));
  const auto sharded = Checkpoint::Open(out);
  ASSERT_TRUE(sharded.ok()) << sharded.status();
  EXPECT_EQ((*sharded)->tensors().size(), 40);
}

TEST(ExportHuggingFace, ReportsProgressUpToTheEnd) {
  const TempDir dir;
  ExportOptions options;
  ExportProgress last;
  options.progress = [&last](const ExportProgress& progress) {
    EXPECT_GT(progress.bytes_done, last.bytes_done);
    last = progress;
  };
  Export(kGguf + "mixtral_tied-q4_0.gguf", dir.File("out"), options);
  EXPECT_EQ(last.bytes_done, last.bytes_total);
  EXPECT_GT(last.bytes_total, 0);
}

TEST(ExportHuggingFace, OverwritesNothing) {
  const TempDir dir;
  dir.Write("mine", "text");
  const auto checkpoint = Checkpoint::Open(kGguf + "mixtral_tied-q4_0.gguf");
  ASSERT_TRUE(checkpoint.ok());
  const auto summary = ExportHuggingFace(**checkpoint, dir.path(), {});
  EXPECT_EQ(summary.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadAll(dir.File("mine")), "text");
}

TEST(ExportHuggingFace, TakesAnEmptyFolderAndLeavesNothingBeside) {
  const TempDir dir;
  std::filesystem::create_directory(dir.File("out"));
  Export(kGguf + "mixtral_tied-q4_0.gguf", dir.File("out") + "/");
  int entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    EXPECT_EQ(entry.path().filename(), "out");
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST(ExportHuggingFace, LeavesNothingWhenItFails) {
  const TempDir dir;
  const auto checkpoint = Checkpoint::Open(kGguf + "mixtral_tied-q4_0.gguf");
  ASSERT_TRUE(checkpoint.ok());
  ExportOptions options;
  // The target fills while the export runs.
  options.progress = [&dir](const ExportProgress&) {
    std::filesystem::create_directories(dir.File("out"));
    dir.Write("out/other", "x");
  };
  const auto summary =
      ExportHuggingFace(**checkpoint, dir.File("out"), options);
  EXPECT_EQ(summary.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadAll(dir.File("out/other")), "x");
  int entries = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(dir.path())) {
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

}  // namespace
}  // namespace spacemoe
