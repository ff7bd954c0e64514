// bfloat16 arithmetic against transformers', position by position: a rounding
// that flips one expert changes a whole position.
#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "models/engine/local_engine.h"
#include "tests/models/engine/reference.h"

namespace spacemoe {
namespace {

constexpr double kMedian = 0.15;  // in logits_std
constexpr double kMost = 0.3;     // 80 % of the positions
constexpr size_t kClearTokens = 8;

std::string Folder(const std::string& name) {
  return std::string(SPACEMOE_TESTDATA) + "/models/" + name;
}

using Case = std::tuple<std::string, KernelKind>;

class BFloat16Test : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    reference_ = OpenReference(Folder(std::get<0>(GetParam())));
    LocalOptions options;
    options.bfloat16 = true;
    options.kernel = std::get<1>(GetParam());
    options.threads = 2;
    auto engine = LocalEngine::Create(*reference_.checkpoint, options);
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  // The largest difference of each position, in logits_std, ascending.
  std::vector<double> Differences(size_t prompt) {
    const std::vector<float> ours =
        *engine_->Logits(reference_.PromptIds(prompt));
    const std::vector<float> theirs =
        reference_.Floats("prompt" + std::to_string(prompt) + ".logits_bf16");
    const auto vocab =
        static_cast<size_t>(reference_.checkpoint->config().vocab_size);
    std::vector<double> differences;
    for (size_t i = 0; i + vocab <= ours.size(); i += vocab) {
      double most = 0;
      for (size_t j = i; j < i + vocab; ++j) {
        most = std::max(most, std::abs(double{ours[j]} - double{theirs[j]}));
      }
      differences.push_back(most / reference_.logits_std());
    }
    std::sort(differences.begin(), differences.end());
    return differences;
  }

  Reference reference_;
  std::unique_ptr<LocalEngine> engine_;
};

TEST_P(BFloat16Test, StaysNearTheReference) {
  std::vector<double> all;
  for (size_t p = 0; p < reference_.prompts(); ++p) {
    const std::vector<double> differences = Differences(p);
    all.insert(all.end(), differences.begin(), differences.end());
  }
  std::sort(all.begin(), all.end());
  ASSERT_FALSE(all.empty());
  EXPECT_LE(all[all.size() / 2], kMedian);
  EXPECT_LE(all[all.size() * 8 / 10], kMost);
}

TEST_P(BFloat16Test, GivesTheClearTokens) {
  for (size_t p = 0; p < reference_.prompts(); ++p) {
    LocalRequest request;
    request.prompt = reference_.PromptIds(p);
    request.max_tokens = kClearTokens;
    request.ignore_eos = true;
    const auto results = engine_->Generate({request}, 0, nullptr);
    ASSERT_TRUE(results.ok()) << results.status();
    std::vector<int64_t> expected =
        reference_.expected["bfloat16"][p]["continuation"];
    expected.resize(kClearTokens);
    EXPECT_EQ((*results)[0].ids, expected) << p;
  }
}

// Those whose weights are bfloat16, or stored in fewer bits than that.
std::vector<std::string> Names() {
  std::vector<std::string> names = ReferenceNames();
  std::erase_if(names, [](const std::string& name) {
    return !ReadJson(Folder(name) + "/expected.json").contains("bfloat16");
  });
  return names;
}

INSTANTIATE_TEST_SUITE_P(
    Fixtures, BFloat16Test,
    testing::Combine(testing::ValuesIn(Names()),
                     testing::Values(KernelKind::kNative, KernelKind::kAten)),
    [](const auto& info) {
      const bool native = std::get<1>(info.param) == KernelKind::kNative;
      return std::get<0>(info.param) + (native ? "_native" : "_aten");
    });

TEST(BFloat16, IsRefusedForFloat32Weights) {
  const auto checkpoint = Checkpoint::Open(Folder("mixtral"));
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  LocalOptions options;
  options.bfloat16 = true;
  const auto engine = LocalEngine::Create(**checkpoint, options);
  EXPECT_EQ(engine.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(engine.status().message().find("F32"), std::string::npos)
      << engine.status();
}

}  // namespace
}  // namespace spacemoe
