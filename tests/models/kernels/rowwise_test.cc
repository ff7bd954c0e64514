#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "models/kernels/kernels.h"
#include "models/kernels/thread_pool.h"
#include "models/tensor/half.h"
#include "tests/models/kernels/instruction_sets.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

using Floats = std::vector<float>;

float Bf16(float value) { return RoundedToBFloat16(value); }

// Runs on every instruction set; those with fused multiply-add must agree.
void ExpectSameBits(const std::function<Floats()>& run) {
  Floats first;
  for (const std::string& name : FusedInstructionSets()) {
    const ScopedInstructionSet scope(name);
    const Floats values = run();
    if (first.empty()) first = values;
    EXPECT_EQ(
        std::memcmp(first.data(), values.data(), first.size() * sizeof(float)),
        0)
        << name;
  }
}

TEST(RmsNorm, EqualsScalarReference) {
  for (const std::int64_t cols : {1, 16, 37, 576}) {
    const Floats x = RandomFloats(3 * cols);
    const Floats weight = RandomFloats(cols, 8);
    Floats y(x.size());
    kernels::RmsNorm(x.data(), weight.data(), 1e-5f, 3, cols, y.data(), false,
                     nullptr);
    for (std::int64_t r = 0; r < 3; ++r) {
      double squares = 0;
      for (std::int64_t i = 0; i < cols; ++i) {
        squares += double{x[r * cols + i]} * x[r * cols + i];
      }
      const double scale =
          1.0 / std::sqrt(squares / static_cast<double>(cols) + 1e-5);
      for (std::int64_t i = 0; i < cols; ++i) {
        const double expected = x[r * cols + i] * scale * weight[i];
        EXPECT_NEAR(y[r * cols + i], expected, 1e-6 * std::abs(expected));
      }
    }
  }
}

TEST(RmsNorm, RoundsBeforeAndAfterTheWeight) {
  const Floats x = RandomFloats(64);
  const Floats ones(64, 1.0f);
  const Floats weight = RandomFloats(64, 8);
  Floats normed(64), y(64);
  kernels::RmsNorm(x.data(), ones.data(), 1e-5f, 1, 64, normed.data(), false,
                   nullptr);
  kernels::RmsNorm(x.data(), weight.data(), 1e-5f, 1, 64, y.data(), true,
                   nullptr);
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(y[i], Bf16(Bf16(normed[i]) * weight[i]));
}

TEST(RmsNorm, GivesARowTheSameBitsInPlaceAndOnTwoThreads) {
  const std::int64_t rows = 200, cols = 576;
  Floats x = RandomFloats(rows * cols);
  const Floats weight = RandomFloats(cols, 8);
  Floats alone(x.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    kernels::RmsNorm(x.data() + r * cols, weight.data(), 1e-5f, 1, cols,
                     alone.data() + r * cols, false, nullptr);
  }
  ThreadPool pool(2);
  kernels::RmsNorm(x.data(), weight.data(), 1e-5f, rows, cols, x.data(), false,
                   &pool);
  EXPECT_EQ(x, alone);
}

TEST(SiluMul, EqualsScalarReference) {
  const std::int64_t count = 4003;
  Floats gate(count);
  for (std::int64_t i = 0; i < count; ++i) gate[i] = 0.03f * (i - 2000);
  const Floats up = RandomFloats(count);
  Floats out(count);
  ThreadPool pool(2);
  kernels::SiluMul(gate.data(), up.data(), count, out.data(), false, &pool);
  for (std::int64_t i = 0; i < count; ++i) {
    const double expected =
        gate[i] / (1.0 + std::exp(-double{gate[i]})) * up[i];
    EXPECT_NEAR(out[i], expected, 4e-7 * std::abs(expected)) << gate[i];
  }
}

TEST(SiluMul, HandlesExtremeGates) {
  const float infinity = std::numeric_limits<float>::infinity();
  const Floats gate = {-1e30f, -200.0f, -104.0f, 0.0f, 88.0f, 1e30f, infinity};
  const Floats up(gate.size(), 1.0f);
  Floats out(gate.size());
  kernels::SiluMul(gate.data(), up.data(), 7, out.data(), false, nullptr);
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_EQ(out[1], 0.0f);
  EXPECT_NEAR(out[2], 0.0f, 1e-37f);
  EXPECT_EQ(out[3], 0.0f);
  EXPECT_EQ(out[4], 88.0f);
  EXPECT_EQ(out[5], 1e30f);
  EXPECT_EQ(out[6], infinity);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  kernels::SiluMul(&nan, up.data(), 1, out.data(), false, nullptr);
  EXPECT_TRUE(std::isnan(out[0]));
}

TEST(SiluMul, RoundsSiluAndTheProduct) {
  const Floats gate = RandomFloats(50, 4), up = RandomFloats(50, 5);
  const Floats ones(50, 1.0f);
  Floats silu(50), out(50);
  kernels::SiluMul(gate.data(), ones.data(), 50, silu.data(), false, nullptr);
  kernels::SiluMul(gate.data(), up.data(), 50, out.data(), true, nullptr);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(out[i], Bf16(Bf16(silu[i]) * up[i]));
}

// The tolerance is that of a score minus the largest one in float32.
TEST(Softmax, EqualsScalarReference) {
  for (const std::int64_t cols : {1, 8, 16, 21, 64, 1000}) {
    Floats x = RandomFloats(2 * cols);
    for (float& value : x) value *= 30.0f;
    const Floats original = x;
    kernels::Softmax(x.data(), 2, cols);
    for (std::int64_t r = 0; r < 2; ++r) {
      double sum = 0;
      for (std::int64_t i = 0; i < cols; ++i) {
        sum += std::exp(double{original[r * cols + i]});
      }
      for (std::int64_t i = 0; i < cols; ++i) {
        const double expected = std::exp(double{original[r * cols + i]}) / sum;
        EXPECT_NEAR(x[r * cols + i], expected, 4e-6 * expected + 1e-30);
      }
    }
  }
}

TEST(Softmax, StaysFiniteWithLargeScores) {
  Floats x = {3e38f, 3e38f, -3e38f, -std::numeric_limits<float>::infinity()};
  kernels::Softmax(x.data(), 1, 4);
  EXPECT_EQ(x, (Floats{0.5f, 0.5f, 0.0f, 0.0f}));
}

TEST(RopeRotateHalf, RotatesEachPair) {
  for (const std::int64_t head_dim : {2, 10, 32, 64}) {
    for (const bool round : {false, true}) {
      const std::int64_t half = head_dim / 2;
      Floats x = RandomFloats(3 * head_dim);
      const Floats original = x;
      const Floats cos = RandomFloats(half, 6), sin = RandomFloats(half, 7);
      kernels::RopeRotateHalf(x.data(), 3, head_dim, cos.data(), sin.data(),
                              round);
      const auto narrow = [&](float v) { return round ? Bf16(v) : v; };
      for (std::int64_t h = 0; h < 3; ++h) {
        for (std::int64_t i = 0; i < half; ++i) {
          const float x1 = original[h * head_dim + i];
          const float x2 = original[h * head_dim + half + i];
          // volatile: the compiler may not fuse.
          const volatile float x1_cos = narrow(x1 * cos[i]);
          const volatile float x2_sin = narrow(x2 * sin[i]);
          const volatile float x2_cos = narrow(x2 * cos[i]);
          const volatile float x1_sin = narrow(x1 * sin[i]);
          EXPECT_EQ(x[h * head_dim + i], narrow(x1_cos - x2_sin));
          EXPECT_EQ(x[h * head_dim + half + i], narrow(x2_cos + x1_sin));
        }
      }
    }
  }
}

TEST(Elementwise, AxpyScaleAndAdd) {
  const Floats x = RandomFloats(37, 4), y = RandomFloats(37, 5);
  for (const bool round : {false, true}) {
    Floats axpy = y, scale = y, add = y;
    kernels::Axpy(0.3f, x.data(), 37, axpy.data(), round);
    kernels::Scale(0.3f, x.data(), 37, scale.data(), round);
    kernels::Add(x.data(), 37, add.data(), round);
    for (int i = 0; i < 37; ++i) {
      EXPECT_EQ(scale[i], round ? Bf16(0.3f * x[i]) : 0.3f * x[i]);
      EXPECT_EQ(add[i], round ? Bf16(x[i] + y[i]) : x[i] + y[i]);
      if (round) {
        EXPECT_EQ(axpy[i], Bf16(Bf16(0.3f * x[i]) + y[i]));
      } else {
        EXPECT_NEAR(axpy[i], std::fma(0.3f, x[i], y[i]), 1e-7);
      }
    }
  }
}

TEST(RoundToBf16, EqualsTheScalarRoundingOnEveryInstructionSet) {
  Floats special = RandomFloats(100);
  for (const std::uint32_t bits :
       {0x3f808000u, 0x3f818000u, 0x3f808001u, 0x7f800000u, 0xff800000u,
        0x7f800001u, 0xffffffffu, 0x7f7fffffu, 0x80000000u, 0x00000001u}) {
    special.push_back(std::bit_cast<float>(bits));
  }
  for (const std::string& name : InstructionSets()) {
    const ScopedInstructionSet scope(name);
    Floats rounded = special;
    kernels::RoundToBf16(rounded.data(),
                         static_cast<std::int64_t>(rounded.size()));
    for (std::size_t i = 0; i < special.size(); ++i) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(rounded[i]),
                std::bit_cast<std::uint32_t>(Bf16(special[i])));
    }
  }
}

TEST(Rowwise, GivesTheSameBitsOnEveryFusedInstructionSet) {
  const Floats x = RandomFloats(333), w = RandomFloats(333, 8);
  ExpectSameBits([&] {
    Floats y(333);
    kernels::RmsNorm(x.data(), w.data(), 1e-6f, 1, 333, y.data(), false,
                     nullptr);
    return y;
  });
  ExpectSameBits([&] {
    Floats y(333);
    kernels::SiluMul(x.data(), w.data(), 333, y.data(), false, nullptr);
    return y;
  });
  ExpectSameBits([&] {
    Floats y = x;
    kernels::Softmax(y.data(), 1, 333);
    return y;
  });
  ExpectSameBits([&] {
    Floats y = x;
    kernels::Axpy(0.7f, w.data(), 333, y.data(), false);
    return y;
  });
}

TEST(InstructionSet, NamesOneThatTheBuildHas) {
  const std::string chosen = kernels::InstructionSet();
  bool found = false;
  for (const std::string& name : InstructionSets()) found |= name == chosen;
  EXPECT_TRUE(found) << chosen;
}

}  // namespace
}  // namespace spacemoe
