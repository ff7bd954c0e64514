// A row's bits depend on nothing but its own sequence: not on the rows beside
// it, the cut of the prompt, the threads, a replay, or the split into roles.
#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/engine/local_engine.h"
#include "tests/models/engine/reference.h"
#include "tests/models/engine/split_model.h"

namespace spacemoe {
namespace {

struct Model {
  std::string path;  // below the source folder
  bool bfloat16 = false;
};

std::string NameOf(const Model& model) {
  return model.path.substr(model.path.rfind('/') + 1) +
         (model.bfloat16 ? "_in_bfloat16" : "");
}

std::ostream& operator<<(std::ostream& out, const Model& model) {
  return out << model.path << (model.bfloat16 ? " bfloat16" : "");
}

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// A text of `size` tokens that differs from seed to seed.
std::vector<int64_t> Text(int64_t size, int64_t seed, int64_t vocab) {
  std::vector<int64_t> ids;
  for (int64_t i = 0; i < size; ++i) {
    ids.push_back((seed * 7919 + i * i * 31 + i * 17 + 3) % vocab);
  }
  return ids;
}

class BatchInvarianceTest : public testing::TestWithParam<Model> {
 protected:
  void SetUp() override {
    const std::string path =
        std::string(SPACEMOE_SOURCE_DIR) + "/" + GetParam().path;
    auto checkpoint = Checkpoint::Open(path);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    checkpoint_ = *std::move(checkpoint);
  }

  std::unique_ptr<LocalEngine> Engine(int threads, int64_t chunk) {
    LocalOptions options;
    options.threads = threads;
    options.prompt_chunk = chunk;
    options.bfloat16 = GetParam().bfloat16;
    auto engine = LocalEngine::Create(*checkpoint_, options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return engine.ok() ? *std::move(engine) : nullptr;
  }

  std::unique_ptr<SplitModel> Split(int64_t experts_per_role) {
    ComputeOptions options;
    options.bfloat16 = GetParam().bfloat16;
    auto model = SplitModel::Create(*checkpoint_, options, experts_per_role);
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? *std::move(model) : nullptr;
  }

  std::vector<int64_t> TextOf(int64_t size, int64_t seed) const {
    const ModelConfig& config = checkpoint_->config();
    return Text(std::min(size, config.max_positions), seed, config.vocab_size);
  }

  std::vector<float> Lone(const std::vector<int64_t>& ids) {
    return *Engine(1, 1)->Logits(ids);
  }

  std::unique_ptr<Checkpoint> checkpoint_;
};

TEST_P(BatchInvarianceTest, HoldsForAnyCutAndThreadCount) {
  const std::vector<int64_t> ids = TextOf(70, 1);
  const std::vector<float> expected = Lone(ids);
  for (const int threads : {1, 2, 3}) {
    for (const int64_t chunk : {1, 3, 64, 70}) {
      const auto logits = Engine(threads, chunk)->Logits(ids);
      ASSERT_TRUE(logits.ok()) << logits.status();
      EXPECT_TRUE(SameBits(*logits, expected)) << threads << ' ' << chunk;
    }
  }
}

TEST_P(BatchInvarianceTest, HoldsInABatchOf64) {
  const std::vector<int64_t> ids = TextOf(12, 5);
  const std::vector<float> expected = Lone(ids);
  const auto split = Split(/*experts_per_role=*/1);
  std::vector<std::vector<int64_t>> texts;
  for (int64_t s = 0; s < 64; ++s) {
    texts.push_back(s == 37 ? ids : TextOf(12, 100 + s));
  }
  const auto logits = split->LogitsTogether(texts);
  ASSERT_TRUE(logits.ok()) << logits.status();
  EXPECT_TRUE(SameBits((*logits)[37], expected));
}

TEST_P(BatchInvarianceTest, HoldsForAnySplitIntoRoles) {
  const std::vector<int64_t> ids = TextOf(20, 9);
  const std::vector<float> expected = Lone(ids);
  for (const int64_t experts : {1, 3, 8}) {
    const auto logits = Split(experts)->LogitsTogether({ids});
    ASSERT_TRUE(logits.ok()) << logits.status();
    EXPECT_TRUE(SameBits((*logits)[0], expected)) << experts;
  }
}

TEST_P(BatchInvarianceTest, HoldsInAReplay) {
  const std::vector<int64_t> ids = TextOf(20, 11);
  const auto split = Split(/*experts_per_role=*/2);
  const auto first = split->LogitsTogether({ids});
  const auto again = split->Logits(/*sequence=*/0, ids, /*first=*/13);
  ASSERT_TRUE(first.ok() && again.ok());
  const std::vector<float> tail((*first)[0].end() - again->size(),
                                (*first)[0].end());
  EXPECT_TRUE(SameBits(*again, tail));
}

TEST_P(BatchInvarianceTest, GivesTheSameTextForAnyParallel) {
  std::vector<LocalRequest> requests;
  for (int64_t i = 0; i < 9; ++i) {
    LocalRequest request;
    request.prompt = TextOf(3 + 5 * i, 20 + i);
    request.max_tokens = 10 + i;
    request.ignore_eos = true;
    request.sampling.temperature = i % 2 == 0 ? 0 : 0.9f;
    request.sampling.top_k = 40;
    request.sampling.top_p = 0.95f;
    request.sampling.seed = 1234 + i;
    requests.push_back(request);
  }
  const auto alone = *Engine(2, 64)->Generate(requests, 1, nullptr);
  for (const int parallel : {0, 2, 4}) {
    const auto together = *Engine(2, 16)->Generate(requests, parallel, nullptr);
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_EQ(together[i].ids.size(), requests[i].max_tokens);
      EXPECT_EQ(together[i].ids, alone[i].ids) << parallel << ' ' << i;
    }
  }
}

std::vector<Model> Models() {
  std::vector<Model> models = {{"models/demo"}};
  for (const std::string& name : ReferenceNames()) {
    const std::string path = "tests/testdata/models/" + name;
    models.push_back({path});
    const bool bfloat16 = ReadJson(std::string(SPACEMOE_SOURCE_DIR) + "/" +
                                   path + "/expected.json")
                              .contains("bfloat16");
    if (bfloat16) models.push_back({path, true});
  }
  return models;
}

INSTANTIATE_TEST_SUITE_P(Models, BatchInvarianceTest,
                         testing::ValuesIn(Models()),
                         [](const auto& info) { return NameOf(info.param); });

}  // namespace
}  // namespace spacemoe
