// Both implementations of each operation agree, in either compute type.
#include "models/engine/arithmetic.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "models/kernels/kernels.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

using Floats = std::vector<float>;

class ArithmeticTest : public testing::TestWithParam<bool> {
 protected:
  ArithmeticTest()
      : pool_(3),
        native_(MakeNativeArithmetic(GetParam(), &pool_)),
        aten_(MakeAtenArithmetic(GetParam(), nullptr)) {}

  Floats Random(int64_t count, unsigned seed) const {
    Floats values = RandomFloats(count, seed);
    if (GetParam()) kernels::RoundToBf16(values.data(), count);
    return values;
  }

  void ExpectNear(const Floats& a, const Floats& b) const {
    const double tolerance = GetParam() ? 2e-2 : 2e-5;
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      ASSERT_NEAR(a[i], b[i], tolerance * (1 + std::abs(b[i]))) << i;
    }
  }

  ThreadPool pool_;
  std::unique_ptr<Arithmetic> native_;
  std::unique_ptr<Arithmetic> aten_;
};

// Three products at once, large enough for the pool, one with permuted rows.
TEST_P(ArithmeticTest, Multiplies) {
  RandomMatrix plain = MakeRandomMatrix(StorageType::kBF16, 130, 96);
  RandomMatrix quantised = MakeRandomMatrix(StorageType::kQ4_1, 144, 96);
  RandomMatrix permuted = MakeRandomMatrix(StorageType::kQ8_0, 144, 96);
  permuted.view.permuted_heads = 6;
  const Floats x = Random(7 * 96, 3);
  const Floats bias = Random(144, 4);
  std::vector<Floats> results;
  for (Arithmetic* arithmetic : {native_.get(), aten_.get()}) {
    const Weight a = arithmetic->Prepare(plain.view);
    const Weight b = arithmetic->Prepare(quantised.view);
    const Weight c = arithmetic->Prepare(permuted.view);
    Floats y(7 * (130 + 144 + 144));
    arithmetic->Multiply({{&a, x.data(), 7, y.data()},
                          {&b, x.data(), 0, nullptr},
                          {&b, x.data(), 7, y.data() + 7 * 130, bias.data()},
                          {&c, x.data(), 7, y.data() + 7 * 274, bias.data()}});
    results.push_back(y);
  }
  ExpectNear(results[0], results[1]);
}

TEST_P(ArithmeticTest, Norms) {
  Floats x = Random(3 * 50, 1);
  Floats w = Random(50, 2);
  const at::Tensor weight = VectorTensor(
      {StorageType::kF32, 1, 50, reinterpret_cast<std::byte*>(w.data()), 200},
      GetParam());
  Floats a(x.size());
  Floats b(x.size());
  Floats bias = Random(50, 3);
  for (const NormKind kind :
       {NormKind::kRms, NormKind::kRmsFloat32, NormKind::kLayer}) {
    const NormWeights norm = {
        kind, 0.01f, weight,
        VectorTensor({StorageType::kF32, 1, 50,
                      reinterpret_cast<std::byte*>(bias.data()), 200},
                     GetParam())};
    native_->Norm(norm, x.data(), 3, a.data());
    aten_->Norm(norm, x.data(), 3, b.data());
    ExpectNear(a, b);
  }
}

TEST_P(ArithmeticTest, ActivatesInPlace) {
  Floats a = Random(100, 1);
  Floats b = a;
  const Floats up = Random(100, 2);
  native_->SiluMul(a.data(), up.data(), 100, a.data());
  aten_->SiluMul(b.data(), up.data(), 100, b.data());
  ExpectNear(a, b);
  native_->ClampedSwiglu(0.5f, a.data(), up.data(), 100, a.data());
  aten_->ClampedSwiglu(0.5f, b.data(), up.data(), 100, b.data());
  ExpectNear(a, b);
}

TEST_P(ArithmeticTest, Rotates) {
  const Floats cos = Random(6, 2);
  const Floats sin = Random(6, 3);
  for (const RopeShape& shape :
       {RopeShape{3, 12, 12}, RopeShape{3, 16, 12}, RopeShape{3, 16, 12, true},
        RopeShape{3, 12, 12, true, true}}) {
    Floats a = Random(3 * 16, 1);
    Floats b = a;
    native_->Rope(shape, cos.data(), sin.data(), a.data());
    aten_->Rope(shape, cos.data(), sin.data(), b.data());
    ExpectNear(a, b);
  }
}

// Transposed matrices, strides, a step between values.
TEST_P(ArithmeticTest, MultipliesTransposed) {
  for (const StorageType type : {StorageType::kF32, StorageType::kF16,
                                 StorageType::kBF16, StorageType::kQ8_0}) {
    const RandomMatrix stored = MakeRandomMatrix(type, 40, 1184);
    MatrixView view = Transposed(stored.view);
    if (type == StorageType::kBF16) {
      view.rows = 592;
      view.transposed_step = 2;
    }
    const Floats x = Random(3 * 50, 3);
    const Floats bias = Random(view.rows, 4);
    std::vector<Floats> results;
    for (Arithmetic* arithmetic : {native_.get(), aten_.get()}) {
      const Weight w = arithmetic->Prepare(view);
      Floats y(3 * (view.rows + 5));
      arithmetic->Multiply({{.weight = &w,
                             .x = x.data(),
                             .rows = 3,
                             .y = y.data(),
                             .bias = bias.data(),
                             .x_stride = 50,
                             .y_stride = view.rows + 5}});
      results.push_back(y);
    }
    ExpectNear(results[0], results[1]);
  }
}

// Sinks, and values that are the first part of the keys.
TEST_P(ArithmeticTest, AttendsToLatentsWithSinks) {
  const Floats sinks = Random(6, 5);
  const AttentionShape shape = {6, 1, 40, 0.25f, 24, 40, sinks.data()};
  const Floats q = Random(6 * 40, 1);
  const Floats keys = Random(50 * 40, 2);
  std::vector<Floats> results;
  for (Arithmetic* arithmetic : {native_.get(), aten_.get()}) {
    Floats out(6 * 24);
    const AttentionQuery query = {q.data(), keys.data(), keys.data(),
                                  40,       3,           out.data()};
    arithmetic->Attend(shape, {query});
    results.push_back(out);
  }
  ExpectNear(results[0], results[1]);
}

TEST_P(ArithmeticTest, Attends) {
  const AttentionShape shape = {6, 2, 16, 0.25f};
  const Floats q = Random(2 * 96, 1);
  const Floats keys = Random(40 * 32, 2);
  const Floats values = Random(40 * 32, 3);
  std::vector<Floats> results;
  for (Arithmetic* arithmetic : {native_.get(), aten_.get()}) {
    Floats out(2 * 96);
    const AttentionQuery queries[] = {
        {q.data(), keys.data(), values.data(), 39, 0, out.data()},
        {q.data() + 96, keys.data(), values.data(), 20, 13, out.data() + 96}};
    arithmetic->Attend(shape, queries);
    results.push_back(out);
  }
  ExpectNear(results[0], results[1]);
}

TEST_P(ArithmeticTest, Softmaxes) {
  Floats a = RandomFloats(3 * 9);
  Floats b = a;
  native_->Softmax(a.data(), 3, 9);
  aten_->Softmax(b.data(), 3, 9);
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
}

INSTANTIATE_TEST_SUITE_P(ComputeTypes, ArithmeticTest, testing::Bool(),
                         [](const auto& info) {
                           return info.param ? "bfloat16" : "float32";
                         });

}  // namespace
}  // namespace spacemoe
