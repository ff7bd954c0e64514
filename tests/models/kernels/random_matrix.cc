#include "tests/models/kernels/random_matrix.h"

#include <cstring>
#include <random>

namespace spacemoe {
namespace {

// Puts a small float16 where random bits could be an infinity.
void SetHalf(std::byte* p, std::uint16_t bits) {
  constexpr std::uint16_t kSmallHalf = 0x2000;  // about 0.008
  const std::uint16_t half = kSmallHalf | (bits & 0x83ff);
  std::memcpy(p, &half, sizeof(half));
}

void MendBlock(StorageType type, std::byte* block, std::uint16_t bits) {
  const float value = static_cast<float>(bits) / 65536.0f - 0.5f;
  switch (type) {
    case StorageType::kF32:
      std::memcpy(block, &value, sizeof(value));
      return;
    case StorageType::kBF16:
      std::memcpy(block, reinterpret_cast<const char*>(&value) + 2, 2);
      return;
    case StorageType::kQ4_1:
    case StorageType::kQ5_1:
      SetHalf(block, bits);
      SetHalf(block + 2, static_cast<std::uint16_t>(bits * 7));
      return;
    case StorageType::kQ2_K:
      SetHalf(block + 80, bits);
      SetHalf(block + 82, static_cast<std::uint16_t>(bits * 7));
      return;
    case StorageType::kQ3_K:
      return SetHalf(block + 108, bits);
    case StorageType::kQ4_K:
    case StorageType::kQ5_K:
      SetHalf(block, bits);
      SetHalf(block + 2, static_cast<std::uint16_t>(bits * 7));
      return;
    case StorageType::kQ6_K:
      return SetHalf(block + 208, bits);
    case StorageType::kMxfp4:
      *block = static_cast<std::byte>(110 + bits % 16);
      return;
    case StorageType::kF8E4M3:  // NaN otherwise
      if ((*block & std::byte{0x7f}) == std::byte{0x7f}) *block = std::byte{8};
      return;
    case StorageType::kF4:
      return;
    default:
      SetHalf(block, bits);
  }
}

// Tiles that end within rows and columns; of narrow matrices within blocks too.
void AddScales(RandomMatrix& m) {
  const bool f4 = m.view.type == StorageType::kF4;
  const std::int64_t tile_rows = f4 ? 1 : 5;
  const std::int64_t whole = m.view.cols >= 192 ? 128 : 40;
  const std::int64_t tile_cols = f4 ? 32 : whole;
  const std::int64_t value_bytes = f4 ? 1 : 4;
  const std::int64_t rows = (m.view.rows + tile_rows - 1) / tile_rows;
  const std::int64_t cols = (m.view.cols + tile_cols - 1) / tile_cols;
  m.scales.resize(static_cast<std::size_t>(rows * cols * value_bytes));
  std::minstd_rand random(3);
  for (std::size_t i = 0; i < m.scales.size(); i += value_bytes) {
    const float value = static_cast<float>(random() % 1000 + 1) / 3e5f;
    if (f4) {
      m.scales[i] = static_cast<std::byte>(117 + random() % 8);
    } else {
      std::memcpy(m.scales.data() + i, &value, sizeof(value));
    }
  }
  m.view.scales = {
      .type = f4 ? SeparateScales::Type::kE8M0 : SeparateScales::Type::kF32,
      .data = m.scales.data(),
      .row_bytes = cols * value_bytes,
      .tile_rows = tile_rows,
      .tile_cols = tile_cols};
}

}  // namespace

RandomMatrix MakeRandomMatrix(StorageType type, std::int64_t rows,
                              std::int64_t cols, std::int64_t offset) {
  RandomMatrix m;
  const std::int64_t row_bytes = cols / BlockValues(type) * BlockBytes(type);
  m.bytes.resize(static_cast<std::size_t>(offset + rows * row_bytes));
  std::minstd_rand random(1);
  for (std::byte& byte : m.bytes) byte = static_cast<std::byte>(random() >> 8);
  std::byte* const begin = m.bytes.data() + offset;
  std::byte* const end = m.bytes.data() + m.bytes.size();
  for (std::byte* block = begin; block != end; block += BlockBytes(type)) {
    MendBlock(type, block, static_cast<std::uint16_t>(random() >> 8));
  }
  m.view = {type, rows, cols, begin, row_bytes, 0};
  if (HasSeparateScales(type)) AddScales(m);
  return m;
}

std::vector<float> RandomFloats(std::int64_t count, unsigned seed) {
  std::vector<float> values(static_cast<std::size_t>(count));
  std::minstd_rand random(seed);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  for (float& value : values) value = uniform(random);
  return values;
}

}  // namespace spacemoe
