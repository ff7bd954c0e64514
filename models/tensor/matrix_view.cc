#include "models/tensor/matrix_view.h"

#include <bit>
#include <cstring>

#include "models/tensor/half.h"

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

}  // namespace

std::int64_t StoredRow(const MatrixView& w, std::int64_t r) {
  if (w.permuted_heads == 0) return r;
  const std::int64_t head_dim = w.rows / w.permuted_heads;
  const std::int64_t within = r % head_dim;
  const std::int64_t half = head_dim / 2;
  return r - within + 2 * (within % half) + within / half;
}

void DequantizeRow(const MatrixView& w, std::int64_t r, float* out) {
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
  }
}

}  // namespace spacemoe
