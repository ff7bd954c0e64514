// Logits, hidden states, routing and greedy texts against transformers'.
#include "tests/models/engine/reference.h"

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "models/engine/local_engine.h"

namespace spacemoe {
namespace {

constexpr double kLogitsTolerance = 2e-4;  // in logits_std
constexpr double kHiddenTolerance = 1e-4;
constexpr double kWeightTolerance = 1e-5;

using Case = std::tuple<std::string, KernelKind>;

class ReferenceTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const std::string folder =
        std::string(SPACEMOE_TESTDATA) + "/models/" + std::get<0>(GetParam());
    reference_ = OpenReference(folder);
    LocalOptions options;
    options.threads = 2;
    options.kernel = std::get<1>(GetParam());
    auto engine = LocalEngine::Create(*reference_.checkpoint, options);
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  std::vector<float> Logits(size_t prompt) {
    auto logits = engine_->Logits(reference_.PromptIds(prompt));
    EXPECT_TRUE(logits.ok()) << logits.status();
    return logits.ok() ? *logits : std::vector<float>();
  }

  Reference reference_;
  std::unique_ptr<LocalEngine> engine_;
};

TEST_P(ReferenceTest, GivesTheLogits) {
  for (size_t p = 0; p < reference_.prompts(); ++p) {
    const std::string name = "prompt" + std::to_string(p) + ".logits";
    EXPECT_LE(MaxDifference(Logits(p), reference_.Floats(name)),
              kLogitsTolerance * reference_.logits_std())
        << name;
  }
}

TEST_P(ReferenceTest, GivesTheHiddenStates) {
  std::vector<std::vector<float>> seen;
  engine_->ObserveHidden([&](int64_t layer, int64_t rows, const float* hidden) {
    ASSERT_EQ(layer, static_cast<int64_t>(seen.size()));
    const int64_t width = reference_.checkpoint->config().hidden_size;
    seen.emplace_back(hidden, hidden + rows * width);
  });
  Logits(0);
  ASSERT_EQ(seen.size(), reference_.checkpoint->config().layers + 1);
  for (size_t k = 0; k < seen.size(); ++k) {
    const std::string name = "prompt0.hidden." + std::to_string(k);
    EXPECT_LE(MaxDifference(seen[k], reference_.Floats(name)), kHiddenTolerance)
        << name;
  }
}

TEST_P(ReferenceTest, GivesTheRouting) {
  const int64_t layers = reference_.checkpoint->config().layers;
  std::vector<std::vector<int64_t>> experts(layers);
  std::vector<std::vector<float>> weights(layers);
  engine_->ObserveRouting(
      [&](int64_t layer, uint64_t, int64_t, const Routing& routing) {
        for (const ExpertChoice& choice : routing) {
          experts[layer].push_back(choice.expert);
          weights[layer].push_back(choice.weight);
        }
      });
  Logits(0);
  for (int64_t l = 0; l < layers; ++l) {
    const std::string name = "prompt0.router." + std::to_string(l);
    if (reference_.checkpoint->config().IsDense(l)) {
      EXPECT_TRUE(experts[l].empty()) << name;
      continue;
    }
    EXPECT_EQ(experts[l], reference_.Integers(name + ".experts")) << name;
    EXPECT_LE(MaxDifference(weights[l], reference_.Floats(name + ".weights")),
              kWeightTolerance)
        << name;
  }
}

TEST_P(ReferenceTest, ContinuesGreedily) {
  std::vector<LocalRequest> requests;
  for (size_t p = 0; p < reference_.prompts(); ++p) {
    LocalRequest request;
    request.prompt = reference_.PromptIds(p);
    request.max_tokens =
        static_cast<int64_t>(reference_.Continuation(p).size());
    request.ignore_eos = true;
    requests.push_back(request);
  }
  const auto results = engine_->Generate(requests, 0, nullptr);
  ASSERT_TRUE(results.ok()) << results.status();
  for (size_t p = 0; p < reference_.prompts(); ++p) {
    EXPECT_EQ((*results)[p].ids, reference_.Continuation(p)) << p;
  }
}

std::string CaseName(const testing::TestParamInfo<Case>& info) {
  const bool native = std::get<1>(info.param) == KernelKind::kNative;
  return std::get<0>(info.param) + (native ? "_native" : "_aten");
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ReferenceTest,
                         testing::Combine(testing::ValuesIn(ReferenceNames()),
                                          testing::Values(KernelKind::kNative,
                                                          KernelKind::kAten)),
                         CaseName);

}  // namespace
}  // namespace spacemoe
