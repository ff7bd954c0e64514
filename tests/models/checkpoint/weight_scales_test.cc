// Values with scales in tensors beside them.
#include "models/checkpoint/weight_scales.h"

#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/checkpoint/model_weights.h"
#include "models/checkpoint/safetensors.h"

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

}  // namespace
}  // namespace spacemoe
