#include "models/engine/local_engine.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/models/engine/reference.h"

namespace spacemoe {
namespace {

class LocalEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    reference_ = OpenReference(std::string(SPACEMOE_TESTDATA) +
                               "/models/granitemoeshared");
    LocalOptions options;
    options.threads = 1;
    auto engine = LocalEngine::Create(*reference_.checkpoint, options);
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  LocalRequest Request(int64_t max_tokens) const {
    LocalRequest request;
    request.prompt = reference_.PromptIds(0);
    request.max_tokens = max_tokens;
    request.ignore_eos = true;
    return request;
  }

  absl::StatusCode CodeOf(const LocalRequest& request) {
    return engine_->Generate({Request(1), request}, 0, nullptr).status().code();
  }

  Reference reference_;
  std::unique_ptr<LocalEngine> engine_;
};

TEST_F(LocalEngineTest, RefusesBadRequests) {
  constexpr auto kWrong = absl::StatusCode::kInvalidArgument;
  LocalRequest empty = Request(1);
  empty.prompt.clear();
  EXPECT_EQ(CodeOf(empty), kWrong);
  LocalRequest unknown = Request(1);
  unknown.prompt.push_back(320);
  EXPECT_EQ(CodeOf(unknown), kWrong);
  unknown.prompt.back() = -1;
  EXPECT_EQ(CodeOf(unknown), kWrong);
  EXPECT_EQ(CodeOf(Request(0)), kWrong);
  LocalRequest sampling = Request(1);
  sampling.sampling.temperature = -1;
  EXPECT_EQ(CodeOf(sampling), kWrong);
}

TEST_F(LocalEngineTest, RefusesAPromptThatTheContextCannotHold) {
  LocalRequest request = Request(1);
  request.prompt.assign(512, 1);
  const auto results = engine_->Generate({request}, 0, nullptr);
  EXPECT_EQ(results.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(results.status().message(),
            "request 0: the prompt has 512 tokens; the model's context of 512 "
            "leaves room for at most 511");
  EXPECT_FALSE(engine_->Logits(std::vector<int64_t>(513, 1)).ok());
  EXPECT_FALSE(engine_->Logits({}).ok());
  EXPECT_FALSE(engine_->Logits({320}).ok());
}

TEST_F(LocalEngineTest, RefusesBadOptions) {
  LocalOptions options;
  options.threads = -1;
  EXPECT_FALSE(LocalEngine::Create(*reference_.checkpoint, options).ok());
  options.threads = 1;
  options.prompt_chunk = 0;
  EXPECT_FALSE(LocalEngine::Create(*reference_.checkpoint, options).ok());
}

TEST_F(LocalEngineTest, FinishesAtTheEndOfTheContext) {
  LocalRequest request = Request(1000);
  request.prompt.assign(505, 1);
  const auto results = engine_->Generate({request}, 0, nullptr);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0].ids.size(), 7);
  EXPECT_FALSE((*results)[0].stopped);
}

TEST_F(LocalEngineTest, StopsBeforeTheEndToken) {
  // Random weights: some short text holds the end token.
  const int64_t end = reference_.checkpoint->config().eos_token_ids.at(0);
  for (int64_t first = 1; first < 320; ++first) {
    LocalRequest request = Request(40);
    request.prompt = {first};
    const std::vector<int64_t> all =
        (*engine_->Generate({request}, 0, nullptr))[0].ids;
    const auto at = std::find(all.begin(), all.end(), end);
    if (at == all.end()) continue;
    request.ignore_eos = false;
    const auto results = engine_->Generate({request}, 0, nullptr);
    EXPECT_EQ((*results)[0].ids, std::vector<int64_t>(all.begin(), at));
    EXPECT_TRUE((*results)[0].stopped);
    return;
  }
  FAIL() << "no text holds the end token";
}

TEST_F(LocalEngineTest, CallsBackForEachTokenInOrder) {
  std::map<size_t, std::vector<int64_t>> seen;
  const std::vector<LocalRequest> requests = {Request(5), Request(9),
                                              Request(2)};
  const auto results =
      engine_->Generate(requests, 2, [&](size_t request, int64_t token) {
        seen[request].push_back(token);
        return true;
      });
  ASSERT_TRUE(results.ok()) << results.status();
  for (size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(seen[i], (*results)[i].ids);
    EXPECT_EQ((*results)[i].ids.size(), requests[i].max_tokens);
    EXPECT_EQ((*results)[i].token_ns.size(), requests[i].max_tokens);
  }
}

TEST_F(LocalEngineTest, CancelsWhenTheCallbackSaysSo) {
  int calls = 0;
  const auto results =
      engine_->Generate({Request(50), Request(50)}, 0,
                        [&](size_t, int64_t) { return ++calls < 5; });
  EXPECT_EQ(results.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(calls, 5);
  EXPECT_TRUE(engine_->Generate({Request(2)}, 0, nullptr).ok());
}

TEST_F(LocalEngineTest, TakesNoRequests) {
  const auto results = engine_->Generate({}, 0, nullptr);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_TRUE(results->empty());
}

TEST_F(LocalEngineTest, ShowsTheRoutingOfEveryRow) {
  std::map<int64_t, int> rows;
  engine_->ObserveRouting(
      [&](int64_t layer, uint64_t, int64_t, const Routing& routing) {
        EXPECT_EQ(routing.size(), 3);
        ++rows[layer];
      });
  ASSERT_TRUE(engine_->Generate({Request(4)}, 0, nullptr).ok());
  const int expected = static_cast<int>(Request(4).prompt.size()) + 3;
  EXPECT_EQ(rows, (std::map<int64_t, int>{
                      {0, expected}, {1, expected}, {2, expected}}));
}

}  // namespace
}  // namespace spacemoe
