#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
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

struct Options {
  const float* bias = nullptr;
  bool round_bf16 = false;
  ThreadPool* pool = nullptr;
};

Floats RunLinear(const MatrixView& w, const float* x, std::int64_t rows,
                 std::int64_t x_stride, const Options& options = {}) {
  Floats y(static_cast<std::size_t>(rows * w.rows), -7.0f);
  kernels::Linear(w, x, rows, x_stride, y.data(), w.rows, options.bias,
                  options.round_bf16, options.pool);
  return y;
}

// In double, from DequantizeRow.
double Reference(const MatrixView& w, const float* x, std::int64_t output) {
  Floats row(static_cast<std::size_t>(w.cols));
  DequantizeRow(w, output, row.data());
  double sum = 0;
  for (std::int64_t k = 0; k < w.cols; ++k) sum += double{row[k]} * x[k];
  return sum;
}

// Of the absolute terms, for the tolerance.
double Magnitude(const MatrixView& w, const float* x, std::int64_t output) {
  Floats row(static_cast<std::size_t>(w.cols));
  DequantizeRow(w, output, row.data());
  double sum = 0;
  for (std::int64_t k = 0; k < w.cols; ++k) {
    sum += std::abs(double{row[k]} * x[k]);
  }
  return sum;
}

bool SameBits(const float* a, const float* b, std::int64_t count) {
  return std::memcmp(a, b, static_cast<std::size_t>(count) * sizeof(float)) ==
         0;
}

std::string Describe(StorageType type, std::int64_t rows) {
  return std::string(StorageTypeName(type)) + ", rows " + std::to_string(rows);
}

void ExpectNearReference(const MatrixView& w, std::int64_t rows) {
  const Floats x = RandomFloats(rows * w.cols);
  const Floats y = RunLinear(w, x.data(), rows, w.cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x.data() + r * w.cols;
    for (std::int64_t o = 0; o < w.rows; ++o) {
      EXPECT_NEAR(y[r * w.rows + o], Reference(w, row, o),
                  2e-6 * Magnitude(w, row, o))
          << Describe(w.type, rows) << " at " << r << ", " << o;
    }
  }
}

TEST(Linear, EqualsScalarReferenceOnEveryInstructionSet) {
  for (const std::string& name : InstructionSets()) {
    const ScopedInstructionSet scope(name);
    SCOPED_TRACE(name);
    for (const StorageType type : kAllTypes) {
      const RandomMatrix w = MakeRandomMatrix(type, 13, WholeBlocks(type, 96));
      for (const std::int64_t rows : {1, 2, 3, 4, 5, 9}) {
        ExpectNearReference(w.view, rows);
      }
    }
  }
}

TEST(Linear, TakesAnyNumberOfColumnsInPlainTypes) {
  for (const StorageType type :
       {StorageType::kF32, StorageType::kF16, StorageType::kBF16}) {
    for (const std::int64_t cols : {1, 7, 16, 31, 33, 50}) {
      const RandomMatrix w = MakeRandomMatrix(type, 6, cols);
      for (const std::int64_t rows : {1, 4, 6}) {
        ExpectNearReference(w.view, rows);
      }
    }
  }
}

// Unit vectors pick out single weights, exactly.
TEST(Linear, WidensWeightsExactly) {
  for (const std::string& name : InstructionSets()) {
    const ScopedInstructionSet scope(name);
    for (const StorageType type : kAllTypes) {
      const std::int64_t cols = WholeBlocks(type, 64);
      const RandomMatrix w = MakeRandomMatrix(type, 5, cols);
      Floats identity(cols * cols, 0.0f);
      for (std::int64_t i = 0; i < cols; ++i) identity[i * cols + i] = 1.0f;
      const Floats batch = RunLinear(w.view, identity.data(), cols, cols);
      for (std::int64_t o = 0; o < 5; ++o) {
        Floats row(cols);
        DequantizeRow(w.view, o, row.data());
        for (std::int64_t k = 0; k < cols; ++k) {
          EXPECT_EQ(batch[k * 5 + o], row[k]) << Describe(type, cols);
          const Floats alone =
              RunLinear(w.view, identity.data() + k * cols, 1, cols);
          EXPECT_EQ(alone[o], row[k]) << Describe(type, 1);
        }
      }
    }
  }
}

void ExpectRowsIndependent(const MatrixView& w, std::int64_t rows,
                           ThreadPool* pool) {
  const std::int64_t stride = w.cols + 5;
  const Floats x = RandomFloats(rows * stride);
  Options threaded;
  threaded.pool = pool;
  const Floats batch = RunLinear(w, x.data(), rows, stride, threaded);
  for (std::int64_t r = 0; r < rows; ++r) {
    const Floats alone = RunLinear(w, x.data() + r * stride, 1, stride);
    ASSERT_TRUE(SameBits(alone.data(), batch.data() + r * w.rows, w.rows))
        << Describe(w.type, rows) << " at " << r << ", threads "
        << pool->threads();
  }
}

TEST(Linear, GivesARowTheSameBitsInAnyBatchOnAnyThreadCount) {
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    for (const StorageType type : kAllTypes) {
      const RandomMatrix w =
          MakeRandomMatrix(type, 210, WholeBlocks(type, 320));
      for (const std::int64_t rows : {2, 3, 4, 5, 6, 7, 8, 16, 33, 64}) {
        ExpectRowsIndependent(w.view, rows, &pool);
      }
    }
  }
}

TEST(Linear, GivesARowTheSameBitsInAnyBatchWithOddColumns) {
  ThreadPool pool(2);
  for (const StorageType type :
       {StorageType::kF32, StorageType::kF16, StorageType::kBF16}) {
    for (const std::int64_t cols : {45, 48, 333}) {
      const RandomMatrix w = MakeRandomMatrix(type, 203, cols);
      for (const std::int64_t rows : {2, 3, 4, 5, 17}) {
        ExpectRowsIndependent(w.view, rows, &pool);
      }
    }
  }
}

TEST(Linear, GivesTheSameBitsOnEveryFusedInstructionSet) {
  for (const StorageType type : kAllTypes) {
    const std::int64_t cols = WholeBlocks(type, 192);
    const RandomMatrix w = MakeRandomMatrix(type, 37, cols);
    for (const std::int64_t rows : {1, 2, 3, 4, 7}) {
      const Floats x = RandomFloats(rows * cols);
      Floats first;
      for (const std::string& name : FusedInstructionSets()) {
        const ScopedInstructionSet scope(name);
        const Floats y = RunLinear(w.view, x.data(), rows, cols);
        if (first.empty()) first = y;
        EXPECT_TRUE(SameBits(first.data(), y.data(), rows * 37))
            << name << ", " << Describe(type, rows);
      }
    }
  }
}

// 16 lanes, element k in lane k % 16 by fused multiply-add, then the tree.
TEST(Linear, AddsInTheDocumentedOrder) {
  if (FusedInstructionSets().empty()) GTEST_SKIP() << "no fused multiply-add";
  const std::int64_t cols = 160;
  const RandomMatrix w = MakeRandomMatrix(StorageType::kF32, 5, cols);
  const Floats x = RandomFloats(cols);
  const Floats y = RunLinear(w.view, x.data(), 1, cols);
  for (std::int64_t o = 0; o < 5; ++o) {
    Floats row(static_cast<std::size_t>(cols));
    DequantizeRow(w.view, o, row.data());
    float lanes[16] = {};
    for (std::int64_t k = 0; k < cols; ++k) {
      lanes[k % 16] = std::fma(x[k], row[k], lanes[k % 16]);
    }
    for (int width = 8; width > 0; width /= 2) {
      for (int i = 0; i < width; ++i) lanes[i] += lanes[i + width];
    }
    EXPECT_EQ(y[o], lanes[0]);
  }
}

TEST(Linear, UndoesThePermutationOfHeads) {
  RandomMatrix w = MakeRandomMatrix(StorageType::kQ4_1, 48, 64);
  w.view.permuted_heads = 3;
  const Floats bias = RandomFloats(48, 9);
  for (const std::int64_t rows : {1, 3, 4, 9}) {
    const Floats x = RandomFloats(rows * 64);
    Options options;
    options.bias = bias.data();
    const Floats y = RunLinear(w.view, x.data(), rows, 64, options);
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t o = 0; o < 48; ++o) {
        const double expected =
            Reference(w.view, x.data() + r * 64, o) + bias[o];
        EXPECT_NEAR(y[r * 48 + o], expected, 1e-5);
      }
    }
  }
}

TEST(Linear, RoundsToBf16AfterAddingTheBias) {
  const RandomMatrix w = MakeRandomMatrix(StorageType::kBF16, 11, 64);
  const Floats bias = RandomFloats(11, 9);
  const Floats x = RandomFloats(6 * 64);
  for (const std::int64_t rows : {1, 6}) {
    const Floats plain = RunLinear(w.view, x.data(), rows, 64);
    Options options;
    options.bias = bias.data();
    options.round_bf16 = true;
    const Floats rounded = RunLinear(w.view, x.data(), rows, 64, options);
    for (std::int64_t i = 0; i < rows * 11; ++i) {
      EXPECT_EQ(rounded[i], RoundedToBFloat16(plain[i] + bias[i % 11]));
    }
  }
}

TEST(Linear, LeavesTheGapsBetweenOutputRowsAlone) {
  const RandomMatrix w = MakeRandomMatrix(StorageType::kQ8_0, 10, 32);
  const Floats x = RandomFloats(5 * 32);
  Floats y(5 * 13, -7.0f);
  kernels::Linear(w.view, x.data(), 5, 32, y.data(), 13, nullptr, false,
                  nullptr);
  for (int r = 0; r < 5; ++r) {
    for (int gap = 10; gap < 13; ++gap) EXPECT_EQ(y[r * 13 + gap], -7.0f);
  }
}

TEST(Linear, ReadsUnalignedWeights) {
  for (const StorageType type : kAllTypes) {
    const RandomMatrix odd =
        MakeRandomMatrix(type, 9, WholeBlocks(type, 64), 3);
    for (const std::int64_t rows : {1, 5}) ExpectNearReference(odd.view, rows);
  }
}

// Their values are those of the matrix widened to float32, in every batch.
void ExpectBitsOfTheWidened(const MatrixView& w) {
  Floats wide(static_cast<std::size_t>(w.rows * w.cols));
  for (std::int64_t r = 0; r < w.rows; ++r) {
    DequantizeRow(w, r, wide.data() + r * w.cols);
  }
  const MatrixView plain = {StorageType::kF32, w.rows, w.cols,
                            reinterpret_cast<const std::byte*>(wide.data()),
                            w.cols * 4};
  for (const std::int64_t rows : {1, 3, 4, 40}) {
    const Floats x = RandomFloats(rows * w.cols);
    const Floats expected = RunLinear(plain, x.data(), rows, w.cols);
    const Floats found = RunLinear(w, x.data(), rows, w.cols);
    EXPECT_TRUE(SameBits(expected.data(), found.data(), rows * w.rows))
        << Describe(w.type, rows) << ", columns " << w.cols;
  }
}

TEST(Linear, GivesSeparatelyScaledTypesTheBitsOfTheirValues) {
  for (const std::string& name : FusedInstructionSets()) {
    const ScopedInstructionSet scope(name);
    SCOPED_TRACE(name);
    for (const StorageType type : kScaledTypes) {
      for (const std::int64_t cols : {64, 256, 320}) {
        ExpectBitsOfTheWidened(MakeRandomMatrix(type, 45, cols).view);
      }
    }
  }
}

TEST(Linear, TakesBFloat16ScalesOneARow) {
  RandomMatrix w = MakeRandomMatrix(StorageType::kF8E4M3, 45, 256);
  std::vector<std::uint16_t> scales;
  for (int i = 0; i < 48; ++i) scales.push_back(0x3c00 + 5 * i);
  w.view.scales = {.type = SeparateScales::Type::kBF16,
                   .data = reinterpret_cast<const std::byte*>(scales.data()),
                   .row_bytes = 2,
                   .tile_cols = 256,
                   .first_row = 3};
  ExpectBitsOfTheWidened(w.view);
}

TEST(Linear, WidensEveryEightBitCode) {
  constexpr int kCodes = 256;
  std::vector<std::byte> codes(kCodes * 32);
  for (int r = 0; r < kCodes; ++r) codes[r * 32] = static_cast<std::byte>(r);
  const float scale = 0.3f;
  MatrixView w{StorageType::kF8E4M3, kCodes, 32, codes.data(), 32};
  w.scales = {.data = reinterpret_cast<const std::byte*>(&scale),
              .tile_cols = 32};
  Floats x(32 * 40, 0.0f);
  for (int r = 0; r < 40; ++r) x[r * 32] = 1.0f;
  for (const std::string& name : InstructionSets()) {
    const ScopedInstructionSet scope(name);
    SCOPED_TRACE(name);
    for (const std::int64_t rows : {1, 40}) {
      const Floats y = RunLinear(w, x.data(), rows, 32);
      for (int r = 0; r < kCodes; ++r) {
        Floats row(32);
        DequantizeRow(w, r, row.data());
        if (std::isnan(row[0])) {
          EXPECT_TRUE(std::isnan(y[r])) << "code " << r;
        } else {
          EXPECT_EQ(y[r], row[0]) << "code " << r;
        }
      }
    }
  }
}

// Every code and every power of two that keeps six times itself finite.
TEST(Linear, WidensEveryFourBitCodeWithEveryScale) {
  constexpr int kScales = 253;
  std::vector<std::byte> codes(kScales * 16);
  std::vector<std::byte> scales(kScales);
  for (int r = 0; r < kScales; ++r) {
    scales[r] = static_cast<std::byte>(r);
    for (int i = 0; i < 16; ++i) {
      codes[r * 16 + i] = static_cast<std::byte>(i << 4 | (15 - i));
    }
  }
  MatrixView w{StorageType::kF4, kScales, 32, codes.data(), 16};
  w.scales = {.type = SeparateScales::Type::kE8M0,
              .data = scales.data(),
              .row_bytes = 1,
              .tile_cols = 32};
  Floats identity(32 * 32, 0.0f);
  for (int i = 0; i < 32; ++i) identity[i * 32 + i] = 1.0f;
  for (int k = 0; k < 32; ++k) {
    const Floats y = RunLinear(w, identity.data() + k * 32, 1, 32);
    for (int r = 0; r < kScales; ++r) {
      Floats row(32);
      DequantizeRow(w, r, row.data());
      EXPECT_EQ(y[r], row[k]) << "scale " << r << ", value " << k;
    }
  }
}

}  // namespace
}  // namespace spacemoe
