// Every GGUF file of the test data, written as a Hugging Face folder, computes
// what it did: to the bit, unless the folder holds another matrix (latent
// up-projections in one, gpt-oss's experts transposed).
#include <algorithm>
#include <cctype>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/checkpoint/hugging_face_export.h"
#include "models/checkpoint/unused_tensors.h"
#include "models/engine/local_engine.h"
#include "tests/models/checkpoint/test_files.h"
#include "tests/models/engine/reference.h"

namespace spacemoe {
namespace {

std::vector<std::string> GgufFiles() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(SPACEMOE_TESTDATA "/gguf")) {
    if (entry.path().extension() == ".gguf") {
      names.push_back(entry.path().filename());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<float> Logits(const Checkpoint& checkpoint) {
  LocalOptions options;
  options.threads = 1;
  const auto engine = LocalEngine::Create(checkpoint, options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  if (!engine.ok()) return {};
  return *(*engine)->Logits({1, 17, 20, 31, 4, 9, 63, 5, 60});
}

bool HoldsTheSameMatrices(const Checkpoint& gguf) {
  const ModelConfig& config = gguf.config();
  return !(config.latent && config.latent->split_up) &&
         config.activation != ActivationKind::kClampedSwiglu;
}

class ExportTest : public testing::TestWithParam<std::string> {};

TEST_P(ExportTest, KeepsTheLogits) {
  const auto gguf =
      Checkpoint::Open(std::string(SPACEMOE_TESTDATA "/gguf/") + GetParam());
  ASSERT_TRUE(gguf.ok()) << gguf.status();
  const TempDir dir;
  const auto summary = ExportHuggingFace(**gguf, dir.File("out"), {});
  ASSERT_TRUE(summary.ok()) << summary.status();
  const auto folder = Checkpoint::Open(dir.File("out"));
  ASSERT_TRUE(folder.ok()) << folder.status();
  const std::vector<float> before = Logits(**gguf);
  const std::vector<float> after = Logits(**folder);
  ASSERT_EQ(before.size(), after.size());
  ASSERT_GT(before.size(), 0);
  EXPECT_LE(MaxDifference(before, after), 1e-4);
  if (!HoldsTheSameMatrices(**gguf)) return;
  EXPECT_EQ(
      std::memcmp(before.data(), after.data(), before.size() * sizeof(float)),
      0);
}

INSTANTIATE_TEST_SUITE_P(Files, ExportTest, testing::ValuesIn(GgufFiles()),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) {
                             if (!std::isalnum(static_cast<unsigned char>(c))) {
                               c = '_';
                             }
                           }
                           return name;
                         });

bool Holds(const UnusedTensors& unused, const std::string& name) {
  for (const auto& names : {unused.multi_token_prediction, unused.others}) {
    if (std::count(names.begin(), names.end(), name) > 0) return true;
  }
  return false;
}

// A folder of the same family holds the tensors that its publisher's does.
TEST(Export, GivesThePublishedNamesAndShapes) {
  for (const char* name :
       {"qwen2_moe", "qwen3_moe", "olmoe", "deepseek_v2", "deepseek_v3",
        "glm4_moe_air", "ernie4_5_moe", "hunyuan_v1_moe", "dots1", "minimax_m2",
        "phimoe_longrope_gguf"}) {
    const std::string testdata = SPACEMOE_TESTDATA;
    const auto gguf =
        Checkpoint::Open(testdata + "/gguf/" + name + "-f32.gguf");
    const auto published = Checkpoint::Open(testdata + "/models/" + name);
    ASSERT_TRUE(gguf.ok() && published.ok()) << gguf.status();
    const TempDir dir;
    const auto summary = ExportHuggingFace(**gguf, dir.File("out"), {});
    ASSERT_TRUE(summary.ok()) << summary.status();
    const auto folder = Checkpoint::Open(dir.File("out"));
    ASSERT_TRUE(folder.ok()) << folder.status();
    const UnusedTensors unused = FindUnusedTensors(**published);
    EXPECT_EQ((*folder)->tensors().size() +
                  unused.multi_token_prediction.size() + unused.others.size(),
              (*published)->tensors().size())
        << name;
    for (const TensorInfo* tensor : (*published)->tensors()) {
      if (Holds(unused, tensor->name)) continue;
      const TensorInfo* copy = (*folder)->FindTensor(tensor->name);
      ASSERT_NE(copy, nullptr) << name << " " << tensor->name;
      EXPECT_EQ(copy->shape, tensor->shape) << tensor->name;
    }
  }
}

}  // namespace
}  // namespace spacemoe
