#include "models/checkpoint/checkpoint.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

const std::string kModels = SPACEMOE_TESTDATA "/models/";
const std::string kGguf = SPACEMOE_TESTDATA "/gguf/";

void ExpectError(const std::string& path, absl::StatusCode code,
                 const std::string& message) {
  const auto checkpoint = Checkpoint::Open(path);
  EXPECT_EQ(checkpoint.status().code(), code) << checkpoint.status();
  EXPECT_THAT(std::string(checkpoint.status().message()), HasSubstr(message));
}

// A copy of a fixture in which one text in one file is replaced.
class Altered {
 public:
  Altered(const std::string& model, const std::string& file,
          std::string_view from, std::string_view to) {
    dir_.CopyFrom(kModels + model);
    dir_.Write(file, Replaced(ReadAll(dir_.File(file)), from, to));
  }
  const std::string& path() const { return dir_.path(); }

 private:
  TempDir dir_;
};

TEST(Checkpoint, OpensEveryFixture) {
  for (const char* name :
       {"granitemoeshared", "granitemoe", "mixtral", "mixtral_sharded",
        "mixtral_tied", "mixtral_window", "mixtral_bf16"}) {
    const auto checkpoint = Checkpoint::Open(kModels + name);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_EQ((*checkpoint)->format(), CheckpointFormat::kHuggingFace);
    EXPECT_EQ((*checkpoint)->config().hidden_size, 64);
  }
}

TEST(Checkpoint, OpensAGgufFileAndAFolderWithOne) {
  const auto file = Checkpoint::Open(kGguf + "mixtral_tied-q4_1.gguf");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->family().name, "mixtral");
  const auto folder = Checkpoint::Open(SPACEMOE_SOURCE_DIR "/models/demo");
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_EQ((*folder)->family().name, "granitemoeshared");
  EXPECT_EQ((*folder)->config().layers, 30);
}

TEST(Checkpoint, SaysWhatAFolderShouldHold) {
  const TempDir dir;
  ExpectError(dir.path(), absl::StatusCode::kNotFound,
              "expected config.json or one GGUF file");
  dir.Write("a.gguf", "");
  dir.Write("b.gguf", "");
  ExpectError(dir.path(), absl::StatusCode::kInvalidArgument,
              "found 2: a.gguf, b.gguf");
  ExpectError(dir.File("none"), absl::StatusCode::kNotFound, "none");
}

TEST(Checkpoint, NamesMissingSafetensors) {
  const TempDir dir;
  dir.CopyFrom(kModels + "mixtral");
  std::filesystem::remove(dir.File("model.safetensors"));
  ExpectError(dir.path(), absl::StatusCode::kNotFound,
              "expected model.safetensors or model.safetensors.index.json");
}

TEST(Checkpoint, NamesATruncatedFile) {
  const TempDir dir;
  dir.CopyFrom(kModels + "mixtral");
  const std::string path = dir.File("model.safetensors");
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  ExpectError(dir.path(), absl::StatusCode::kDataLoss, path);
}

TEST(Checkpoint, NamesAMissingOrTruncatedShard) {
  const TempDir dir;
  dir.CopyFrom(kModels + "mixtral_sharded");
  const std::string shard = dir.File("model-00002-of-00003.safetensors");
  std::filesystem::resize_file(shard, 1000);
  ExpectError(dir.path(), absl::StatusCode::kDataLoss, shard);
  std::filesystem::remove(shard);
  ExpectError(dir.path(), absl::StatusCode::kNotFound, shard);
}

TEST(Checkpoint, NamesATensorThatItsShardLacks) {
  const Altered model("mixtral_sharded", "model.safetensors.index.json",
                      "\"model.norm.weight\": \"model-00003-of",
                      "\"model.norm.weight\": \"model-00001-of");
  ExpectError(model.path(), absl::StatusCode::kDataLoss,
              "model-00001-of-00003.safetensors: tensor 'model.norm.weight'");
}

TEST(Checkpoint, NamesATensorThatTheIndexLacks) {
  const Altered model("mixtral_sharded", "model.safetensors.index.json",
                      "\"model.norm.weight\":", "\"other\":");
  ExpectError(model.path(), absl::StatusCode::kDataLoss, "tensor 'other'");
}

TEST(Checkpoint, RefusesAnIndexThatLeavesTheFolder) {
  const Altered model("mixtral_sharded", "model.safetensors.index.json",
                      "\"model-00001-of", "\"../model-00001-of");
  ExpectError(model.path(), absl::StatusCode::kInvalidArgument,
              "a file in the same folder");
}

TEST(Checkpoint, RefusesABrokenIndex) {
  const Altered model("mixtral_sharded", "model.safetensors.index.json",
                      "\"weight_map\"", "\"weights\"");
  ExpectError(model.path(), absl::StatusCode::kDataLoss, "weight_map");
}

TEST(Checkpoint, ListsTheKnownFamiliesForAnUnknownOne) {
  const Altered model("mixtral", "config.json", "\"mixtral\"", "\"other\"");
  ExpectError(model.path(), absl::StatusCode::kUnimplemented,
              "known: mixtral, granitemoe, granitemoeshared");
}

TEST(Checkpoint, NamesTheTensorThatContradictsTheConfig) {
  const Altered wide("mixtral", "config.json", "\"intermediate_size\": 16",
                     "\"intermediate_size\": 32");
  ExpectError(wide.path(), absl::StatusCode::kInvalidArgument,
              "tensor 'model.layers.0.block_sparse_moe.experts.0.w1.weight' "
              "(expert gate): the config demands shape [32, 64], found "
              "[16, 64]");
  const Altered many("mixtral", "config.json", "\"num_hidden_layers\": 3",
                     "\"num_hidden_layers\": 4");
  ExpectError(many.path(), absl::StatusCode::kNotFound,
              "tensor 'model.layers.3.input_layernorm.weight' (attention norm "
              "of layer 3) is missing");
  const Altered stacked("granitemoe", "config.json", "\"num_local_experts\": 8",
                        "\"num_local_experts\": 9");
  ExpectError(stacked.path(), absl::StatusCode::kInvalidArgument,
              "router): the config demands shape [9, 64], found [8, 64]");
  const Altered vocabulary("mixtral", "config.json", "\"vocab_size\": 320",
                           "\"vocab_size\": 321");
  ExpectError(vocabulary.path(), absl::StatusCode::kInvalidArgument,
              "tensor 'model.embed_tokens.weight'");
  const Altered untied("mixtral_tied", "config.json",
                       "\"tie_word_embeddings\": true",
                       "\"tie_word_embeddings\": false");
  ExpectError(untied.path(), absl::StatusCode::kNotFound, "lm_head.weight");
}

TEST(Checkpoint, NamesATypeThatNoKernelReads) {
  const TempDir dir;
  std::string bytes = ReadAll(kGguf + "mixtral_tied-q8_0.gguf");
  const std::size_t name = bytes.find("blk.1.attn_v.weight");
  ASSERT_NE(name, std::string::npos);
  // After the name: dimensions, two sizes, the type.
  bytes[name + 19 + 4 + 16] = 36;
  ExpectError(dir.Write("a.gguf", bytes), absl::StatusCode::kUnimplemented,
              "tensor 'blk.1.attn_v.weight' has type type 36, which is not "
              "supported; known: F32, F16");
}

TEST(Checkpoint, RefusesAPartOfASplitGgufFile) {
  const TempDir dir;
  GgufBuilder builder;
  builder.Uint32("split.count", 3);
  ExpectError(dir.Write("a.gguf", builder.Build()),
              absl::StatusCode::kUnimplemented, "one of 3 parts");
}

TEST(Checkpoint, NamesABrokenConfig) {
  const TempDir dir;
  dir.CopyFrom(kModels + "mixtral");
  dir.Write("config.json", "{\"model_type\": ");
  ExpectError(dir.path(), absl::StatusCode::kInvalidArgument,
              dir.File("config.json") + ": expected JSON");
}

}  // namespace
}  // namespace spacemoe
