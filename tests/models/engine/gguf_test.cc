// GGUF files of the fixtures' weights compute what the folders do, to the bit
// in our kernels: the rows of Q and K are permuted in the file and the experts
// stacked or not, which must not show.
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "models/engine/local_engine.h"
#include "tests/models/engine/reference.h"

namespace spacemoe {
namespace {

struct Twin {
  const char* gguf;
  const char* folder;
  // Whether the file has the same matrices and the same numbers in its
  // metadata, which are float32.
  bool same_bits = true;
};

void PrintTo(const Twin& twin, std::ostream* out) { *out << twin.gguf; }

using Case = std::tuple<Twin, KernelKind>;

std::vector<float> Logits(const Checkpoint& checkpoint, KernelKind kernel,
                          const std::vector<int64_t>& ids) {
  LocalOptions options;
  options.threads = 1;
  options.kernel = kernel;
  auto engine = LocalEngine::Create(checkpoint, options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return engine.ok() ? *(*engine)->Logits(ids) : std::vector<float>();
}

class GgufTest : public testing::TestWithParam<Case> {};

TEST_P(GgufTest, GivesTheLogitsOfTheFolder) {
  const auto& [twin, kernel] = GetParam();
  const std::string testdata = SPACEMOE_TESTDATA;
  const auto gguf = Checkpoint::Open(testdata + "/gguf/" + twin.gguf);
  ASSERT_TRUE(gguf.ok()) << gguf.status();
  const Reference reference =
      OpenReference(testdata + "/models/" + twin.folder);
  const std::vector<int64_t> ids = reference.PromptIds(0);
  const std::vector<float> ours = Logits(**gguf, kernel, ids);
  EXPECT_LE(MaxDifference(ours, reference.Floats("prompt0.logits")),
            2e-4 * reference.logits_std());
  if (!twin.same_bits) return;
  const std::vector<float> same = Logits(*reference.checkpoint, kernel, ids);
  ASSERT_EQ(ours.size(), same.size());
  EXPECT_EQ(std::memcmp(ours.data(), same.data(), ours.size() * sizeof(float)),
            0);
}

INSTANTIATE_TEST_SUITE_P(
    Files, GgufTest,
    testing::Combine(
        testing::Values(
            Twin{"granitemoeshared-f32.gguf", "granitemoeshared"},
            Twin{"mixtral_tied-f32-unstacked.gguf", "mixtral_tied"},
            Twin{"qwen2_moe-f32.gguf", "qwen2_moe"},
            Twin{"qwen3_moe-f32.gguf", "qwen3_moe"},
            Twin{"olmoe-f32.gguf", "olmoe"},
            Twin{"deepseek_v2-f32.gguf", "deepseek_v2"},
            Twin{"deepseek_v3-f32.gguf", "deepseek_v3", false},
            Twin{"glm4_moe_air-f32.gguf", "glm4_moe_air"},
            Twin{"ernie4_5_moe-f32.gguf", "ernie4_5_moe"},
            Twin{"hunyuan_v1_moe-f32.gguf", "hunyuan_v1_moe", false},
            Twin{"dots1-f32.gguf", "dots1"},
            Twin{"minimax_m2-f32.gguf", "minimax_m2"},
            Twin{"phimoe_longrope_gguf-f32.gguf", "phimoe_longrope_gguf"},
            Twin{"mixtral_rope_llama3-f32.gguf", "mixtral_rope_llama3", false},
            Twin{"gpt_oss_mxfp4-f32.gguf", "gpt_oss_mxfp4", false}),
        testing::Values(KernelKind::kNative, KernelKind::kAten)));

// Beyond the trained context (64 positions), which the fixture's texts do not
// reach.
TEST(GgufTest, TakesPhimoesLongFactors) {
  const auto gguf =
      Checkpoint::Open(SPACEMOE_TESTDATA "/gguf/phimoe_longrope_gguf-f32.gguf");
  const auto folder =
      Checkpoint::Open(SPACEMOE_TESTDATA "/models/phimoe_longrope_gguf");
  ASSERT_TRUE(gguf.ok() && folder.ok()) << gguf.status() << folder.status();
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 80; ++i) ids.push_back(5 + i * 37 % 311);
  const auto ours = Logits(**gguf, KernelKind::kNative, ids);
  const auto same = Logits(**folder, KernelKind::kNative, ids);
  ASSERT_EQ(ours.size(), same.size());
  EXPECT_EQ(std::memcmp(ours.data(), same.data(), ours.size() * sizeof(float)),
            0);
}

// What a quantised file's widened values compute in ATen.
TEST(QuantizedGguf, GivesTheSameLogitsWithEitherKernel) {
  const std::vector<int64_t> ids = {1, 17, 200, 31, 4, 99};
  for (const char* type : {"f16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0"}) {
    const auto checkpoint =
        Checkpoint::Open(std::string(SPACEMOE_TESTDATA) +
                         "/gguf/mixtral_tied-" + type + ".gguf");
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_LE(MaxDifference(Logits(**checkpoint, KernelKind::kNative, ids),
                            Logits(**checkpoint, KernelKind::kAten, ids)),
              1e-3)
        << type;
  }
}

TEST(QuantizedGguf, TakesEveryKQuant) {
  const auto checkpoint =
      Checkpoint::Open(SPACEMOE_TESTDATA "/gguf/k_quants.gguf");
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const std::vector<int64_t> ids = {1, 17, 20, 31, 4, 9, 63};
  const auto native = Logits(**checkpoint, KernelKind::kNative, ids);
  const auto aten = Logits(**checkpoint, KernelKind::kAten, ids);
  ASSERT_EQ(native.size(), ids.size() * 64);
  EXPECT_GT(MaxDifference(native, std::vector<float>(native.size())), 0.1);
  EXPECT_LE(MaxDifference(native, aten), 1e-3);
}

}  // namespace
}  // namespace spacemoe
