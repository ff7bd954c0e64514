#include "models/tensor/matrix_view.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "models/tensor/half.h"
#include "models/tensor/k_quants.h"

static_assert(std::endian::native == std::endian::little,
              "checkpoints are read in place: little-endian hosts only");

namespace spacemoe {
namespace {

template <typename T>
T Read(const std::byte* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

float ReadHalf(const std::byte* p) {
  return HalfToFloat(Read<std::uint16_t>(p));
}

// Nibble `i` (0..31) of 16 bytes, in GGML's order.
int Nibble(const std::byte* qs, int i) {
  const int byte = std::to_integer<int>(qs[i % 16]);
  return i < 16 ? byte & 15 : byte >> 4;
}

int FiveBits(const std::byte* qh, const std::byte* qs, int i) {
  const int high = static_cast<int>((Read<std::uint32_t>(qh) >> i) & 1u);
  return Nibble(qs, i) | high << 4;
}

float Q4_0Value(const std::byte* block, int i) {
  return ReadHalf(block) * static_cast<float>(Nibble(block + 2, i) - 8);
}

float Q4_1Value(const std::byte* block, int i) {
  const float product =
      ReadHalf(block) * static_cast<float>(Nibble(block + 4, i));
  return product + ReadHalf(block + 2);
}

float Q5_0Value(const std::byte* block, int i) {
  return ReadHalf(block) *
         static_cast<float>(FiveBits(block + 2, block + 6, i) - 16);
}

float Q5_1Value(const std::byte* block, int i) {
  const float product =
      ReadHalf(block) * static_cast<float>(FiveBits(block + 4, block + 8, i));
  return product + ReadHalf(block + 2);
}

float Q8_0Value(const std::byte* block, int i) {
  return ReadHalf(block) * static_cast<float>(Read<std::int8_t>(block + 2 + i));
}

float F8E4M3Value(int bits) {
  const int exponent = (bits >> 3) & 15;
  const int mantissa = bits & 7;
  float magnitude = std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
  if (exponent == 0) magnitude = std::ldexp(static_cast<float>(mantissa), -9);
  if ((bits & 127) == 127) magnitude = NAN;
  return bits > 127 ? -magnitude : magnitude;
}

using F8Table = std::array<float, 256>;

F8Table MakeF8Table() {
  F8Table table;
  for (int bits = 0; bits < 256; ++bits) table[bits] = F8E4M3Value(bits);
  return table;
}

void WidenF8(const std::byte* row, std::int64_t cols, float* out) {
  static const F8Table kTable = MakeF8Table();
  const float* table = kTable.data();
  for (std::int64_t c = 0; c < cols; ++c) {
    out[c] = table[std::to_integer<std::size_t>(row[c])];
  }
}

void WidenF4(const std::byte* row, std::int64_t cols, float* out) {
  static constexpr float kValues[] = {0,     0.5f,  1,  1.5f,  2,  3,  4,  6,
                                      -0.0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};
  for (std::int64_t c = 0; c < cols; c += 2, ++row) {
    const auto byte = std::to_integer<std::size_t>(*row);
    out[c] = kValues[byte & 15];
    out[c + 1] = kValues[byte >> 4];
  }
}

void WidenScaled(const MatrixView& w, std::int64_t r, float* out) {
  if (w.type == StorageType::kF4) {
    WidenF4(w.row(r), w.cols, out);
  } else {
    WidenF8(w.row(r), w.cols, out);
  }
  const std::int64_t tile = w.scales.tile_cols;
  for (std::int64_t c = 0; c < w.cols; c += tile) {
    const float scale = ScaleAt(w.scales, r, c);
    const std::int64_t end = std::min(w.cols, c + tile);
    for (std::int64_t i = c; i < end; ++i) out[i] *= scale;
  }
}

float F32Value(const std::byte* block, int) { return Read<float>(block); }
float F16Value(const std::byte* block, int) { return ReadHalf(block); }
float BF16Value(const std::byte* block, int) {
  return BFloat16ToFloat(Read<std::uint16_t>(block));
}

template <int kValues, int kBytes, float (*kValue)(const std::byte*, int)>
void WidenBlocks(const std::byte* row, std::int64_t cols, float* out) {
  for (std::int64_t c = 0; c < cols; c += kValues, row += kBytes) {
    for (int i = 0; i < kValues; ++i) out[c + i] = kValue(row, i);
  }
}

float PlainValue(StorageType type, const std::byte* value) {
  if (type == StorageType::kF32) return F32Value(value, 0);
  if (type == StorageType::kF16) return F16Value(value, 0);
  return BF16Value(value, 0);
}

// A stored row of a transposed view as a matrix's row.
MatrixView Untransposed(const MatrixView& w) {
  MatrixView stored = w;
  stored.transposed_step = 0;
  std::swap(stored.rows, stored.cols);
  return stored;
}

void GatherRow(const MatrixView& w, std::int64_t r, float* out) {
  if (!IsQuantized(w.type)) {
    const std::int64_t offset = r * w.transposed_step * BlockBytes(w.type);
    for (std::int64_t c = 0; c < w.cols; ++c) {
      out[c] = PlainValue(w.type, w.row(c) + offset);
    }
    return;
  }
  std::vector<float> column(static_cast<std::size_t>(w.rows));
  for (std::int64_t c = 0; c < w.cols; ++c) {
    DequantizeColumn(w, c, column.data());
    out[c] = column[static_cast<std::size_t>(r)];
  }
}

}  // namespace

float ScaleAt(const SeparateScales& scales, std::int64_t r, std::int64_t c) {
  const std::byte* row = scales.data + (scales.first_row + r) /
                                           scales.tile_rows * scales.row_bytes;
  const std::int64_t tile = c / scales.tile_cols;
  switch (scales.type) {
    case SeparateScales::Type::kF32:
      return Read<float>(row + 4 * tile);
    case SeparateScales::Type::kBF16:
      return BFloat16ToFloat(Read<std::uint16_t>(row + 2 * tile));
    case SeparateScales::Type::kE8M0:
      return std::ldexp(1.0f, std::to_integer<int>(row[tile]) - 127);
  }
  return 1;
}

MatrixView Transposed(const MatrixView& w) {
  MatrixView view = w;
  view.transposed_step = 1;
  std::swap(view.rows, view.cols);
  return view;
}

MatrixView RowRange(const MatrixView& w, std::int64_t begin, std::int64_t end) {
  MatrixView part = w;
  part.rows = end - begin;
  if (w.transposed_step != 0) {
    part.data += begin * w.transposed_step * BlockBytes(w.type);
    return part;
  }
  part.data = w.row(begin);
  part.scales.first_row += begin;
  if (w.permuted_heads != 0) {
    part.permuted_heads = part.rows * w.permuted_heads / w.rows;
  }
  return part;
}

std::int64_t StoredRow(const MatrixView& w, std::int64_t r) {
  if (w.permuted_heads == 0) return r;
  const std::int64_t head_dim = w.rows / w.permuted_heads;
  const std::int64_t within = r % head_dim;
  const std::int64_t half = head_dim / 2;
  return r - within + 2 * (within % half) + within / half;
}

void DequantizeRow(const MatrixView& w, std::int64_t r, float* out) {
  if (w.transposed_step != 0) return GatherRow(w, r, out);
  const std::byte* row = w.row(StoredRow(w, r));
  switch (w.type) {
    case StorageType::kF32:
      return WidenBlocks<1, 4, F32Value>(row, w.cols, out);
    case StorageType::kF16:
      return WidenBlocks<1, 2, F16Value>(row, w.cols, out);
    case StorageType::kBF16:
      return WidenBlocks<1, 2, BF16Value>(row, w.cols, out);
    case StorageType::kQ4_0:
      return WidenBlocks<32, 18, Q4_0Value>(row, w.cols, out);
    case StorageType::kQ4_1:
      return WidenBlocks<32, 20, Q4_1Value>(row, w.cols, out);
    case StorageType::kQ5_0:
      return WidenBlocks<32, 22, Q5_0Value>(row, w.cols, out);
    case StorageType::kQ5_1:
      return WidenBlocks<32, 24, Q5_1Value>(row, w.cols, out);
    case StorageType::kQ8_0:
      return WidenBlocks<32, 34, Q8_0Value>(row, w.cols, out);
    case StorageType::kQ2_K:
      return WidenBlocks<256, 84, Q2_KValue>(row, w.cols, out);
    case StorageType::kQ3_K:
      return WidenBlocks<256, 110, Q3_KValue>(row, w.cols, out);
    case StorageType::kQ4_K:
      return WidenBlocks<256, 144, Q4_KValue>(row, w.cols, out);
    case StorageType::kQ5_K:
      return WidenBlocks<256, 176, Q5_KValue>(row, w.cols, out);
    case StorageType::kQ6_K:
      return WidenBlocks<256, 210, Q6_KValue>(row, w.cols, out);
    case StorageType::kMxfp4:
      return WidenBlocks<32, 17, Mxfp4Value>(row, w.cols, out);
    case StorageType::kF8E4M3:
    case StorageType::kF4:
      return WidenScaled(w, r, out);
  }
}

void DequantizeColumn(const MatrixView& w, std::int64_t c, float* out) {
  if (w.transposed_step == 1) return DequantizeRow(Untransposed(w), c, out);
  const std::byte* column = w.row(c);
  const std::int64_t step = w.transposed_step * BlockBytes(w.type);
  for (std::int64_t r = 0; r < w.rows; ++r) {
    out[r] = PlainValue(w.type, column + r * step);
  }
}

}  // namespace spacemoe
