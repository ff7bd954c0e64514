// Values with scales in tensors beside them.
#include "models/checkpoint/weight_scales.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/checkpoint/model_weights.h"
#include "models/checkpoint/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

const std::string kModels = SPACEMOE_TESTDATA "/models/";

std::vector<float> Widened(const MatrixView& view) {
  std::vector<float> values(view.rows * view.cols);
  for (std::int64_t r = 0; r < view.rows; ++r) {
    DequantizeRow(view, r, values.data() + r * view.cols);
  }
  return values;
}

// The last tiles are not full: the rule of DeepSeek-V3's files.
TEST(WeightScales, CountTilesFromTheFirstRowAndColumn) {
  const auto file =
      SafetensorsFile::Open(kModels + "deepseek_v3_fp8/ragged_fp8.safetensors");
  ASSERT_TRUE(file.ok()) << file.status();
  const TensorInfo* weight = (*file)->Find("weight");
  const TensorInfo* scales = (*file)->Find("weight_scale_inv");
  const TensorInfo* expected = (*file)->Find("dequantized");
  ASSERT_TRUE(weight && scales && expected);
  MatrixView view;
  view.type = *weight->type;
  view.rows = weight->shape[0];
  view.cols = weight->shape[1];
  view.row_bytes = view.cols;
  view.data = weight->data;
  view.scales = {.data = scales->data,
                 .row_bytes = 4 * scales->shape[1],
                 .tile_rows = 128,
                 .tile_cols = 128};
  std::vector<float> values(expected->bytes / sizeof(float));
  std::memcpy(values.data(), expected->data, expected->bytes);
  EXPECT_EQ(Widened(view), values);
  // A piece of it keeps its scales.
  const std::vector<float> tail = Widened(RowRange(view, 100, view.rows));
  EXPECT_EQ(tail,
            std::vector<float>(values.begin() + 100 * view.cols, values.end()));
  // A column of the transposed matrix is a row.
  std::vector<float> row(view.cols);
  DequantizeColumn(Transposed(view), 130, row.data());
  EXPECT_EQ(row, std::vector<float>(values.begin() + 130 * view.cols,
                                    values.begin() + 131 * view.cols));
}

TEST(WeightScales, AreFoundForEveryExpertOfAStack) {
  const auto checkpoint = Checkpoint::Open(kModels + "gpt_oss_mxfp4");
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const ModelWeights weights(**checkpoint);
  const auto gate = weights.Get(TensorRole::kExpertGate, 1, 3);
  const auto up = weights.Get(TensorRole::kExpertUp, 1, 3);
  ASSERT_TRUE(gate.ok() && up.ok());
  EXPECT_EQ(gate->type, StorageType::kF4);
  // Rows alternate.
  EXPECT_EQ(up->data - gate->data, gate->row_bytes / 2);
  EXPECT_EQ(up->scales.data - gate->scales.data, gate->scales.row_bytes / 2);
  EXPECT_EQ(ViewBytes(*gate), 64 * (64 / 2 + 64 / 32));
}

TEST(WeightScales, AreReportedWhenTheyAreMissing) {
  const auto checkpoint = Checkpoint::Open(kModels + "deepseek_v3_fp8");
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  MatrixView view;
  view.type = StorageType::kF8E4M3;
  const absl::Status status = AttachScales(
      **checkpoint, "no.weight", {TensorRole::kQuery, "no.weight"}, 0, view);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("'no.weight_scale_inv'"));
}

// A folder of GraniteMoe with FP8 experts: one layer, two experts, fused.
class FusedFp8 : public ::testing::Test {
 protected:
  static constexpr std::int64_t kHidden = 8;
  static constexpr std::int64_t kWidth = 4;

  void Add(const std::string& name, const std::string& dtype,
           const std::vector<std::int64_t>& shape, const std::string& bytes) {
    header_[name] = {
        {"dtype", dtype},
        {"shape", shape},
        {"data_offsets", {data_.size(), data_.size() + bytes.size()}}};
    data_ += bytes;
  }
  void AddFloats(const std::string& name,
                 const std::vector<std::int64_t>& shape, float first) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    std::vector<float> values(count);
    for (std::int64_t i = 0; i < count; ++i) {
      values[i] = first + static_cast<float>(i);
    }
    Add(name, "F32", shape,
        {reinterpret_cast<const char*>(values.data()), values.size() * 4});
  }
  // 1.0 is 0x38.
  void AddOnes(const std::string& name,
               const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    Add(name, "F8_E4M3", shape, std::string(count, '\x38'));
  }

  void AddRest() {
    const std::string layer = "model.layers.0.";
    AddFloats("model.embed_tokens.weight", {16, kHidden}, 0);
    AddFloats("model.norm.weight", {kHidden}, 0);
    AddFloats(layer + "input_layernorm.weight", {kHidden}, 0);
    AddFloats(layer + "post_attention_layernorm.weight", {kHidden}, 0);
    for (const char* part : {"q", "k", "v", "o"}) {
      AddFloats(layer + "self_attn." + part + "_proj.weight",
                {kHidden, kHidden}, 0);
    }
    AddFloats(layer + "block_sparse_moe.router.layer.weight", {2, kHidden}, 0);
  }

  absl::StatusOr<std::unique_ptr<Checkpoint>> Open(
      const nlohmann::json& quantization) {
    AddRest();
    const nlohmann::json config = {
        {"model_type", "granitemoe"},  {"vocab_size", 16},
        {"hidden_size", kHidden},      {"intermediate_size", kWidth},
        {"num_hidden_layers", 1},      {"num_attention_heads", 2},
        {"num_key_value_heads", 2},    {"max_position_embeddings", 32},
        {"num_local_experts", 2},      {"num_experts_per_tok", 1},
        {"tie_word_embeddings", true}, {"quantization_config", quantization}};
    dir_.Write("config.json", config.dump());
    dir_.Write("model.safetensors", SafetensorsBytes(header_.dump(), data_));
    return Checkpoint::Open(dir_.path());
  }

  const std::string block_ = "model.layers.0.block_sparse_moe.";
  nlohmann::json header_;
  std::string data_;
  TempDir dir_;
};

// As llm-compressor writes them: a scale a row.
TEST_F(FusedFp8, TakesAScaleForEachRowOfEachExpert) {
  AddOnes(block_ + "input_linear.weight", {2, 2 * kWidth, kHidden});
  AddFloats(block_ + "input_linear.weight_scale", {2, 2 * kWidth, 1}, 1);
  AddOnes(block_ + "output_linear.weight", {2, kHidden, kWidth});
  AddFloats(block_ + "output_linear.weight_scale", {2, 1, 1}, 1);
  const auto checkpoint = Open(
      {{"quant_method", "compressed-tensors"}, {"format", "float-quantized"}});
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const ModelWeights weights(**checkpoint);
  const auto up = weights.Get(TensorRole::kExpertUp, 0, 1);
  const auto down = weights.Get(TensorRole::kExpertDown, 0, 1);
  ASSERT_TRUE(up.ok() && down.ok()) << up.status() << down.status();
  // Expert 0 has scales 1 to 8; then gate's 9 to 12, up's 13 to 16.
  for (std::int64_t r = 0; r < kWidth; ++r) {
    EXPECT_EQ(Widened(*up)[r * kHidden], 13 + r);
  }
  EXPECT_EQ(Widened(*down), std::vector<float>(kHidden * kWidth, 2));
  EXPECT_EQ(ViewBytes(*up), kWidth * kHidden + kWidth * 4);
}

TEST_F(FusedFp8, TakesTilesOfEachExpert) {
  AddOnes(block_ + "input_linear.weight", {2, 2 * kWidth, kHidden});
  AddFloats(block_ + "input_linear.weight_scale_inv", {2, 2, 2}, 1);
  AddOnes(block_ + "output_linear.weight", {2, kHidden, kWidth});
  AddFloats(block_ + "output_linear.weight_scale_inv", {2, 2, 1}, 1);
  const auto checkpoint =
      Open({{"quant_method", "fp8"}, {"weight_block_size", {4, 4}}});
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto up = ModelWeights(**checkpoint).Get(TensorRole::kExpertUp, 0, 1);
  ASSERT_TRUE(up.ok()) << up.status();
  EXPECT_EQ(Widened(*up)[0], 7);
  EXPECT_EQ(Widened(*up)[7], 8);
}

// As llm-compressor writes them since.
TEST_F(FusedFp8, TakesExpertsOneByOne) {
  for (const std::string expert : {"experts.0.", "experts.1."}) {
    for (const char* part : {"gate_proj", "up_proj"}) {
      const std::string name = block_ + expert + part + ".weight";
      AddOnes(name, {kWidth, kHidden});
      AddFloats(name + "_scale", {kWidth, 1}, expert == "experts.0." ? 1 : 5);
    }
    AddOnes(block_ + expert + "down_proj.weight", {kHidden, kWidth});
    AddFloats(block_ + expert + "down_proj.weight_scale", {kHidden, 1}, 1);
  }
  const auto checkpoint = Open(
      {{"quant_method", "compressed-tensors"}, {"format", "float-quantized"}});
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto up = ModelWeights(**checkpoint).Get(TensorRole::kExpertUp, 0, 1);
  ASSERT_TRUE(up.ok()) << up.status();
  EXPECT_EQ(Widened(*up)[3 * kHidden], 8);
}

TEST_F(FusedFp8, NamesScalesOfAnotherShape) {
  AddOnes(block_ + "input_linear.weight", {2, 2 * kWidth, kHidden});
  AddFloats(block_ + "input_linear.weight_scale", {2, 3, 1}, 1);
  AddOnes(block_ + "output_linear.weight", {2, kHidden, kWidth});
  AddFloats(block_ + "output_linear.weight_scale", {2, 1, 1}, 1);
  const auto checkpoint = Open(
      {{"quant_method", "compressed-tensors"}, {"format", "float-quantized"}});
  EXPECT_EQ(checkpoint.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(checkpoint.status().message()),
              HasSubstr("input_linear.weight_scale' (scales): expected shape "
                        "[2, 8, 1], found [2, 3, 1]"));
}

}  // namespace
}  // namespace spacemoe
