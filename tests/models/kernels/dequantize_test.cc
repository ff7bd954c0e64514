#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "models/tensor/half.h"
#include "models/tensor/matrix_view.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

std::vector<std::byte> FromHex(const std::string& hex) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(
        static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

StorageType TypeNamed(const std::string& name) {
  for (const StorageType type : kStorageTypes) {
    if (StorageTypeName(type) == name) return type;
  }
  ADD_FAILURE() << "unknown type " << name;
  return StorageType::kF32;
}

struct Vectors {
  std::vector<std::byte> stored;
  std::vector<std::byte> values;  // float32
};

std::map<StorageType, Vectors> ReadVectors() {
  std::ifstream file(SPACEMOE_TESTDATA "/kernels/dequantize.txt");
  std::map<StorageType, Vectors> all;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string name, stored, values;
    words >> name >> stored >> values;
    all[TypeNamed(name)] = {FromHex(stored), FromHex(values)};
  }
  return all;
}

TEST(DequantizeRow, EqualsGgufPackageToTheBit) {
  const auto all = ReadVectors();
  ASSERT_EQ(all.size(), 13u);
  for (const auto& [type, vectors] : all) {
    const auto cols = static_cast<std::int64_t>(vectors.values.size() / 4);
    const auto bytes = static_cast<std::int64_t>(vectors.stored.size());
    const MatrixView view{type, 1, cols, vectors.stored.data(), bytes, 0};
    ASSERT_EQ(cols / BlockValues(type) * BlockBytes(type), bytes);
    std::vector<float> out(static_cast<std::size_t>(cols));
    DequantizeRow(view, 0, out.data());
    EXPECT_EQ(
        std::memcmp(out.data(), vectors.values.data(), vectors.values.size()),
        0)
        << StorageTypeName(type);
  }
}

TEST(DequantizeRow, UndoesThePermutationOfHeads) {
  // Two heads of four rows; stored row (h, i, j) is original row (h, j, i).
  const std::vector<float> stored = {0, 2, 1, 3, 4, 6, 5, 7};
  MatrixView view{StorageType::kF32,
                  8,
                  1,
                  reinterpret_cast<const std::byte*>(stored.data()),
                  4,
                  2};
  for (std::int64_t r = 0; r < 8; ++r) {
    float value = -1;
    DequantizeRow(view, r, &value);
    EXPECT_EQ(value, static_cast<float>(r));
  }
}

TEST(DequantizeRow, ReadsUnalignedRows) {
  for (const StorageType type : kStorageTypes) {
    const std::int64_t cols = WholeBlocks(type, 64);
    const RandomMatrix even = MakeRandomMatrix(type, 3, cols);
    std::vector<std::byte> shifted(even.bytes.size() + 1);
    std::memcpy(shifted.data() + 1, even.bytes.data(), even.bytes.size());
    MatrixView odd = even.view;
    odd.data = shifted.data() + 1;
    for (std::int64_t r = 0; r < 3; ++r) {
      std::vector<float> a(cols), b(cols);
      DequantizeRow(even.view, r, a.data());
      DequantizeRow(odd, r, b.data());
      EXPECT_EQ(std::memcmp(a.data(), b.data(), cols * sizeof(float)), 0);
    }
  }
}

TEST(FloatToBFloat16, RoundsTiesToEven) {
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x3f808000u)), 0x3f80);
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x3f818000u)), 0x3f82);
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x3f808001u)), 0x3f81);
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0xbf808000u)), 0xbf80);
}

TEST(FloatToBFloat16, KeepsInfinityAndNaN) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(FloatToBFloat16(infinity), 0x7f80);
  EXPECT_EQ(FloatToBFloat16(-infinity), 0xff80);
  EXPECT_EQ(FloatToBFloat16(std::bit_cast<float>(0x7f800001u)), 0x7fc0);
  EXPECT_EQ(FloatToBFloat16(std::numeric_limits<float>::max()), 0x7f80);
}

}  // namespace
}  // namespace spacemoe
