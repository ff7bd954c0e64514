// The roles that the factory makes: what they refuse, hold and report.
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/engine/role_factory.h"

namespace spacemoe {
namespace {

class RolesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto checkpoint = Checkpoint::Open(std::string(SPACEMOE_TESTDATA) +
                                       "/models/granitemoeshared");
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    checkpoint_ = *std::move(checkpoint);
    hidden_ = checkpoint_->config().hidden_size;
  }

  std::unique_ptr<GatewayRole> Gateway(int64_t kv_bytes_limit = 0) {
    ComputeOptions options;
    options.kv_bytes_limit = kv_bytes_limit;
    return *MakeGateway(*checkpoint_, 0, options);
  }

  // Attends with made-up hidden states.
  absl::Status Attend(GatewayRole& gateway,
                      const std::vector<GatewayRow>& rows) {
    std::vector<float> hidden(rows.size() * hidden_, 0.5f);
    std::vector<float> normed(hidden.size());
    return gateway.Attend(rows, hidden.data(), normed.data(), &routing_);
  }

  std::unique_ptr<Checkpoint> checkpoint_;
  int64_t hidden_ = 0;
  std::vector<Routing> routing_;
};

TEST_F(RolesTest, GatewayRoutesInAscendingExperts) {
  ASSERT_TRUE(Attend(*Gateway(), {{1, 0, 4}, {2, 0, 4}}).ok());
  ASSERT_EQ(routing_.size(), 2);
  for (const Routing& routing : routing_) {
    ASSERT_EQ(routing.size(), checkpoint_->config().experts_per_token);
    for (size_t i = 1; i < routing.size(); ++i) {
      EXPECT_LT(routing[i - 1].expert, routing[i].expert);
    }
  }
}

TEST_F(RolesTest, GatewayNeedsOnlyKeysAndValuesForCacheOnlyRows) {
  const auto with = Gateway();
  const auto without = Gateway();
  std::vector<float> a(2 * hidden_, 0.25f);
  std::vector<float> b = a;
  std::vector<float> normed_a(a.size());
  std::vector<float> normed_b(a.size());
  std::vector<Routing> routing;
  const std::vector<GatewayRow> full = {{1, 0, 4}, {1, 1, 4}};
  std::vector<GatewayRow> cache_only = full;
  cache_only[0].cache_only = true;
  ASSERT_TRUE(with->Attend(full, a.data(), normed_a.data(), &routing).ok());
  ASSERT_TRUE(
      without->Attend(cache_only, b.data(), normed_b.data(), &routing).ok());
  for (int64_t i = hidden_; i < 2 * hidden_; ++i) {
    ASSERT_EQ(a[i], b[i]);
    ASSERT_EQ(normed_a[i], normed_b[i]);
  }
}

TEST_F(RolesTest, GatewayTakesABatchOfCacheOnlyRows) {
  EXPECT_TRUE(Attend(*Gateway(), {{1, 0, 4, true}, {1, 1, 4, true}}).ok());
}

TEST_F(RolesTest, GatewayRefusesAGap) {
  EXPECT_EQ(Attend(*Gateway(), {{1, 1, 4}}).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RolesTest, GatewayKeepsToItsLimitAndFreesOnRelease) {
  const ModelConfig& config = checkpoint_->config();
  const int64_t position_bytes = 2 * config.kv_heads * config.head_dim * 4;
  const auto gateway = Gateway(4 * position_bytes);
  EXPECT_TRUE(Attend(*gateway, {{1, 0, 4}}).ok());
  EXPECT_EQ(gateway->CacheBytes(), 4 * position_bytes);
  EXPECT_EQ(Attend(*gateway, {{2, 0, 4}}).code(),
            absl::StatusCode::kResourceExhausted);
  gateway->Release(1);
  EXPECT_EQ(gateway->CacheBytes(), 0);
  EXPECT_TRUE(Attend(*gateway, {{2, 0, 4}}).ok());
}

TEST_F(RolesTest, FlopsGrowWithThePositionsThatAreSeen) {
  const ModelConfig& config = checkpoint_->config();
  const auto gateway = Gateway();
  EXPECT_EQ(gateway->Flops(11) - gateway->Flops(1),
            10 * 4.0 * config.heads * config.head_dim);
}

TEST_F(RolesTest, ExpertsAnswerOnlyForTheirOwn) {
  const auto experts = MakeExperts(*checkpoint_, 1, {5, 2}, {});
  ASSERT_TRUE(experts.ok()) << experts.status();
  EXPECT_EQ((*experts)->experts(), (std::vector<int32_t>{2, 5}));
  const std::vector<float> x(hidden_, 0.1f);
  std::vector<float> out(hidden_);
  const float weight = 0.5f;
  EXPECT_TRUE((*experts)->Run(5, 1, x.data(), &weight, out.data()).ok());
  EXPECT_EQ((*experts)->Run(3, 1, x.data(), &weight, out.data()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RolesTest, ExpertsScaleWithTheirWeight) {
  const auto experts = *MakeExperts(*checkpoint_, 0, {0}, {});
  const std::vector<float> x(2 * hidden_, 0.1f);
  std::vector<float> out(2 * hidden_);
  const float weights[] = {1, 0.5f};
  ASSERT_TRUE(experts->Run(0, 2, x.data(), weights, out.data()).ok());
  for (int64_t i = 0; i < hidden_; ++i) {
    EXPECT_EQ(out[hidden_ + i], 0.5f * out[i]);
  }
}

TEST_F(RolesTest, FactoryRefusesWhatTheModelDoesNotHave) {
  const auto code = [](const auto& result) { return result.status().code(); };
  const auto wrong = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code(MakeGateway(*checkpoint_, 3, {})), wrong);
  EXPECT_EQ(code(MakeGateway(*checkpoint_, -1, {})), wrong);
  EXPECT_EQ(code(MakeCombiner(*checkpoint_, 3, {})), wrong);
  EXPECT_EQ(code(MakeExperts(*checkpoint_, 0, {8}, {})), wrong);
  EXPECT_EQ(code(MakeExperts(*checkpoint_, 0, {1, 1}, {})), wrong);
}

TEST_F(RolesTest, HeadRefusesAnUnknownToken) {
  const auto head = *MakeHead(*checkpoint_, {});
  std::vector<float> out(2 * hidden_);
  EXPECT_TRUE(head->Embed({0, 319}, out.data()).ok());
  EXPECT_EQ(head->Embed({320}, out.data()).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(head->Embed({-1}, out.data()).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(RolesTest, CombinerAddsInOrder) {
  const auto combiner = *MakeCombiner(*checkpoint_, 0, {});
  const std::vector<float> residual(hidden_, 1.0f);
  const std::vector<float> shared(hidden_, 2.0f);
  const std::vector<float> expert(hidden_, 4.0f);
  std::vector<float> out(2 * hidden_);
  const std::vector<CombineRow> rows = {
      {residual.data(), shared.data(), {expert.data(), expert.data()}},
      {residual.data(), nullptr, {}}};
  ASSERT_TRUE(combiner->Combine(rows, out.data()).ok());
  const auto multiplier =
      static_cast<float>(checkpoint_->config().residual_multiplier);
  EXPECT_EQ(out[0], 1.0f + multiplier * 10.0f);
  EXPECT_EQ(out[hidden_], 1.0f);
}

// What follows from NaN weights is an error and not a token.
TEST_F(RolesTest, HeadRefusesLogitsThatAreNotFinite) {
  const auto head = *MakeHead(*checkpoint_, {});
  std::vector<float> hidden(2 * hidden_, 0.5f);
  std::vector<float> logits(2 * head->vocab_size());
  ASSERT_TRUE(head->Logits(2, hidden.data(), logits.data()).ok());
  hidden.back() = std::numeric_limits<float>::quiet_NaN();
  const absl::Status status = head->Logits(2, hidden.data(), logits.data());
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("granitemoeshared: expected logits that are "
                                  "finite numbers"),
            std::string::npos)
      << status;
}

}  // namespace
}  // namespace spacemoe
