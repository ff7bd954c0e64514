#include "models/checkpoint/model_weights.h"

#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

const std::string kModels = SPACEMOE_TESTDATA "/models/";
const std::string kGguf = SPACEMOE_TESTDATA "/gguf/";

std::unique_ptr<Checkpoint> Open(const std::string& path) {
  auto checkpoint = Checkpoint::Open(path);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return checkpoint.ok() ? *std::move(checkpoint) : nullptr;
}

std::vector<float> Values(const MatrixView& view) {
  std::vector<float> values(view.rows * view.cols);
  for (std::int64_t row = 0; row < view.rows; ++row) {
    DequantizeRow(view, row, values.data() + row * view.cols);
  }
  return values;
}

void ExpectSameRole(const ModelWeights& a, const ModelWeights& b,
                    TensorRole role, std::int64_t layer, std::int64_t expert) {
  const auto left = a.Get(role, layer, expert);
  const auto right = b.Get(role, layer, expert);
  ASSERT_TRUE(left.ok() && right.ok()) << left.status() << right.status();
  EXPECT_EQ(Values(*left), Values(*right))
      << TensorRoleName(role) << " " << layer << " " << expert;
}

void ExpectSameWeights(const ModelWeights& a, const ModelWeights& b) {
  const ModelConfig& config = a.config();
  ExpectSameRole(a, b, TensorRole::kLmHead, -1, -1);
  for (const TensorRole role : HeadRoles(config)) {
    ExpectSameRole(a, b, role, -1, -1);
  }
  for (std::int64_t layer = 0; layer < config.layers; ++layer) {
    for (const TensorRole role : GatewayRoles(config, layer)) {
      ExpectSameRole(a, b, role, layer, -1);
    }
    for (std::int64_t e = 0; e < config.Experts(layer); ++e) {
      for (const TensorRole role : ExpertRoles(config)) {
        ExpectSameRole(a, b, role, layer, e);
      }
    }
  }
}

TEST(ModelWeights, AreTheSameFromBothFormats) {
  for (const auto& [model, gguf] :
       {std::pair{"granitemoeshared", "granitemoeshared-f32.gguf"},
        std::pair{"mixtral_tied", "mixtral_tied-f32-unstacked.gguf"}}) {
    const auto a = Open(kModels + model);
    const auto b = Open(kGguf + gguf);
    ASSERT_TRUE(a && b);
    ExpectSameWeights(ModelWeights(*a), ModelWeights(*b));
    // What GGUF does not say.
    ModelConfig config = a->config();
    config.stored_dtype = "";
    config.pad_token_id.reset();
    EXPECT_EQ(config, b->config());
  }
}

TEST(ModelWeights, SlicesFusedTensors) {
  const auto checkpoint = Open(kModels + "granitemoeshared");
  ASSERT_TRUE(checkpoint);
  const ModelWeights weights(*checkpoint);
  const TensorInfo* fused = checkpoint->FindTensor(
      "model.layers.1.block_sparse_moe.input_linear.weight");
  ASSERT_NE(fused, nullptr);
  const auto gate = weights.Get(TensorRole::kExpertGate, 1, 5);
  const auto up = weights.Get(TensorRole::kExpertUp, 1, 5);
  ASSERT_TRUE(gate.ok() && up.ok());
  EXPECT_EQ(gate->rows, 16);
  EXPECT_EQ(gate->cols, 64);
  EXPECT_EQ(gate->data - fused->data, (5 * 32) * 64 * 4);
  EXPECT_EQ(up->data - fused->data, (5 * 32 + 16) * 64 * 4);
  const auto norm = weights.Get(TensorRole::kFinalNorm);
  ASSERT_TRUE(norm.ok());
  EXPECT_EQ(norm->rows, 1);
  EXPECT_EQ(norm->cols, 64);
}

TEST(ModelWeights, GivesTheEmbeddingForATiedHead) {
  const auto checkpoint = Open(kModels + "mixtral_tied");
  ASSERT_TRUE(checkpoint);
  const ModelWeights weights(*checkpoint);
  EXPECT_EQ(weights.Get(TensorRole::kLmHead)->data,
            weights.Get(TensorRole::kTokenEmbedding)->data);
}

TEST(ModelWeights, MarksPermutedRows) {
  const auto checkpoint = Open(kGguf + "mixtral_tied-q4_0.gguf");
  ASSERT_TRUE(checkpoint);
  const ModelWeights weights(*checkpoint);
  EXPECT_EQ(weights.Get(TensorRole::kQuery, 0)->permuted_heads, 4);
  EXPECT_EQ(weights.Get(TensorRole::kKey, 0)->permuted_heads, 2);
  EXPECT_EQ(weights.Get(TensorRole::kValue, 0)->permuted_heads, 0);
}

TEST(ModelWeights, RefusesALayerOrExpertThatDoesNotExist) {
  const auto checkpoint = Open(kModels + "mixtral");
  ASSERT_TRUE(checkpoint);
  const ModelWeights weights(*checkpoint);
  const auto layer = weights.Get(TensorRole::kQuery, 3);
  EXPECT_EQ(layer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(layer.status().message()),
              HasSubstr("expected a layer from 0 to 2, found 3"));
  EXPECT_FALSE(weights.Get(TensorRole::kQuery).ok());
  const auto expert = weights.Get(TensorRole::kExpertUp, 0, 8);
  EXPECT_THAT(std::string(expert.status().message()),
              HasSubstr("expected an expert from 0 to 7, found 8"));
}

TEST(ModelWeights, CountsBytesAndParametersOfTheDemo) {
  const auto checkpoint = Open(SPACEMOE_SOURCE_DIR "/models/demo");
  ASSERT_TRUE(checkpoint);
  const ModelWeights weights(*checkpoint);
  EXPECT_EQ(weights.TotalParameters(), 134653248);
  EXPECT_EQ(weights.ActiveParameters(), 114746688);
  // Q8_0 embedding and a float32 norm.
  EXPECT_EQ(*weights.HeadBytes(), 49152 * 576 / 32 * 34 + 576 * 4);
  // Two Q4_1 matrices of 64 x 576, one Q5_1.
  EXPECT_EQ(*weights.ExpertBytes(3, 7), 64 * 576 / 32 * (20 + 20 + 24));
  std::int64_t total = *weights.HeadBytes();
  for (std::int64_t layer = 0; layer < 30; ++layer) {
    total += *weights.GatewayBytes(layer);
    for (std::int64_t e = 0; e < 8; ++e) {
      total += *weights.ExpertBytes(layer, e);
    }
  }
  std::int64_t in_file = 0;
  for (const TensorInfo* tensor : checkpoint->tensors()) {
    in_file += tensor->bytes;
  }
  EXPECT_EQ(total, in_file);
}

}  // namespace
}  // namespace spacemoe
