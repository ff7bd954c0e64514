// The operators, called through the dispatcher, against the kernels that they
// wrap and against ATen.
#include "models/ops/operators.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/kernels/kernels.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

constexpr double kTolerance = 1e-5;

// The result of spacemoe::`name`.
template <typename... Args>
at::Tensor Call(const char* name, const Args&... args) {
  LinkOperators();
  c10::OperatorHandle op = c10::Dispatcher::singleton().findSchemaOrThrow(
      ("spacemoe::" + std::string(name)).c_str(), "");
  std::vector<c10::IValue> stack = {c10::IValue(args)...};
  op.callBoxed(&stack);
  return stack.at(0).toTensor();
}

at::Tensor Linear(const at::Tensor& x, const at::Tensor& weight,
                  const c10::IValue& bias = {}, const std::string& type = "",
                  int64_t cols = 0, int64_t heads = 0) {
  return Call("linear", x, weight, bias, type, cols, heads);
}

bool Near(const at::Tensor& a, const at::Tensor& b, double tolerance) {
  return a.sizes() == b.sizes() && at::allclose(a, b, tolerance, tolerance);
}

TEST(Operators, LinearEqualsAten) {
  const at::Tensor x = at::randn({2, 3, 70});
  const at::Tensor w = at::randn({40, 70});
  const at::Tensor bias = at::randn({40});
  EXPECT_TRUE(Near(Linear(x, w), at::linear(x, w), kTolerance));
  EXPECT_TRUE(Near(Linear(x, w, bias), at::linear(x, w, bias), kTolerance));
}

TEST(Operators, LinearWidensHalfTypes) {
  const at::Tensor x = at::randn({3, 64});
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16}) {
    const at::Tensor w = at::randn({16, 64}).to(type);
    EXPECT_TRUE(
        Near(Linear(x, w), at::linear(x, w.to(at::kFloat)), kTolerance));
  }
}

TEST(Operators, LinearTakesQuantisedWeights) {
  for (const StorageType type :
       {StorageType::kQ4_0, StorageType::kQ4_1, StorageType::kQ5_0,
        StorageType::kQ5_1, StorageType::kQ8_0, StorageType::kQ4_K,
        StorageType::kMxfp4}) {
    const std::int64_t cols = WholeBlocks(type, 96);
    RandomMatrix matrix = MakeRandomMatrix(type, 24, cols);
    const at::Tensor w = at::from_blob(matrix.bytes.data(),
                                       {24, matrix.view.row_bytes}, at::kByte);
    at::Tensor widened = at::empty({24, cols});
    for (int64_t r = 0; r < 24; ++r) {
      DequantizeRow(matrix.view, r, widened.data_ptr<float>() + r * cols);
    }
    const at::Tensor x = at::randn({5, cols});
    const std::string name(StorageTypeName(type));
    EXPECT_TRUE(
        Near(Linear(x, w, {}, name, cols), at::linear(x, widened), 1e-4))
        << name;
  }
}

TEST(Operators, LinearUndoesPermutedHeads) {
  const at::Tensor plain = at::randn({2, 2, 4, 32});  // [head, half, i, in]
  const at::Tensor stored = plain.transpose(1, 2).reshape({16, 32});
  const at::Tensor x = at::randn({3, 32});
  EXPECT_TRUE(Near(Linear(x, stored, {}, "", 0, /*heads=*/2),
                   at::linear(x, plain.reshape({16, 32})), kTolerance));
}

TEST(Operators, LinearRoundsBFloat16) {
  const at::Tensor x = at::randn({3, 64}).to(at::kBFloat16);
  const at::Tensor w = at::randn({16, 64}).to(at::kBFloat16);
  const at::Tensor y = Linear(x, w);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(Near(y.to(at::kFloat),
                   at::linear(x.to(at::kFloat), w.to(at::kFloat)), 1e-2));
}

TEST(Operators, LinearEqualsItsKernelToTheBit) {
  const at::Tensor x = at::randn({5, 64});
  const at::Tensor w = at::randn({16, 64});
  const MatrixView view = {StorageType::kF32, 16, 64,
                           static_cast<const std::byte*>(w.data_ptr()), 256};
  at::Tensor expected = at::empty({5, 16});
  kernels::Linear(view, x.data_ptr<float>(), 5, 64, expected.data_ptr<float>(),
                  16, nullptr, false, nullptr);
  EXPECT_TRUE(at::equal(Linear(x, w), expected));
}

TEST(Operators, RmsNormEqualsAten) {
  const at::Tensor x = at::randn({4, 50});
  const at::Tensor w = at::randn({50});
  const at::Tensor expected =
      x * (x.square().mean(-1, true) + 0.01).rsqrt() * w;
  EXPECT_TRUE(Near(Call("rms_norm", x, w, 0.01), expected, kTolerance));
}

TEST(Operators, SiluMulEqualsAten) {
  const at::Tensor gate = at::randn({4, 33});
  const at::Tensor up = at::randn({4, 33});
  EXPECT_TRUE(
      Near(Call("silu_mul", gate, up), at::silu(gate) * up, kTolerance));
}

TEST(Operators, SoftmaxEqualsAten) {
  const at::Tensor x = at::randn({4, 33});
  const at::Tensor before = x.clone();
  EXPECT_TRUE(Near(Call("softmax", x), at::softmax(x, -1), kTolerance));
  EXPECT_TRUE(at::equal(x, before));
}

TEST(Operators, RopeEqualsAten) {
  const at::Tensor x = at::randn({3, 2, 8});
  const at::Tensor angles = at::randn({3, 4});
  const at::Tensor cos = angles.cos();
  const at::Tensor sin = angles.sin();
  const at::Tensor turned =
      at::cat({-x.slice(2, 4, 8), x.slice(2, 0, 4)}, /*dim=*/2);
  const at::Tensor expected = x * at::cat({cos, cos}, 1).unsqueeze(1) +
                              turned * at::cat({sin, sin}, 1).unsqueeze(1);
  EXPECT_TRUE(Near(Call("rope", x, cos, sin), expected, kTolerance));
}

TEST(Operators, AttentionEqualsAten) {
  const at::Tensor q = at::randn({1, 4, 8});
  const at::Tensor keys = at::randn({6, 2, 8});
  const at::Tensor values = at::randn({6, 2, 8});
  for (const int64_t window : {0, 3}) {
    const int64_t first = window == 0 ? 0 : 2;  // of position 4
    const at::Tensor k = keys.slice(0, first, 5).permute({1, 2, 0});
    const at::Tensor v = values.slice(0, first, 5).transpose(0, 1);
    const at::Tensor weights =
        at::softmax(at::matmul(q.view({2, 2, 8}), k) * 0.3, -1);
    const at::Tensor expected = at::matmul(weights, v).view({1, 4, 8});
    const at::Tensor positions = at::full({1}, 4, at::kLong);
    EXPECT_TRUE(Near(Call("attention", q, keys, values, positions, 0.3, window),
                     expected, kTolerance))
        << window;
  }
}

TEST(Operators, RefuseWrongArguments) {
  const at::Tensor x = at::randn({3, 64});
  const at::Tensor blocks = at::zeros({4, 40}, at::kByte);
  EXPECT_THROW(Linear(x, at::randn({4, 63})), c10::Error);
  EXPECT_THROW(Linear(x, blocks), c10::Error);
  EXPECT_THROW(Linear(x, blocks, {}, "Q9_9", 64), c10::Error);
  EXPECT_THROW(Linear(x, blocks, {}, "Q8_0", 64), c10::Error);
  EXPECT_THROW(Linear(x.to(at::kDouble), at::randn({4, 64})), c10::Error);
  EXPECT_THROW(Call("rms_norm", x, at::randn({3}), 0.1), c10::Error);
  EXPECT_THROW(Call("silu_mul", x, at::randn({3})), c10::Error);
  const at::Tensor q = at::randn({1, 4, 8});
  EXPECT_THROW(
      Call("attention", q, q, q, at::full({1}, 1, at::kLong), 1.0, int64_t{0}),
      c10::Error);
}

}  // namespace
}  // namespace spacemoe
