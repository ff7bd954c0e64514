// Weights of random values in any storage type, for tests and benchmarks.
#ifndef SPACEMOE_TESTS_MODELS_KERNELS_RANDOM_MATRIX_H_
#define SPACEMOE_TESTS_MODELS_KERNELS_RANDOM_MATRIX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/tensor/matrix_view.h"

namespace spacemoe {

inline constexpr std::array<StorageType, 14> kStorageTypes = {
    StorageType::kF32,  StorageType::kF16,  StorageType::kBF16,
    StorageType::kQ4_0, StorageType::kQ4_1, StorageType::kQ5_0,
    StorageType::kQ5_1, StorageType::kQ8_0, StorageType::kQ2_K,
    StorageType::kQ3_K, StorageType::kQ4_K, StorageType::kQ5_K,
    StorageType::kQ6_K, StorageType::kMxfp4};

// And those with scales beside them.
inline constexpr std::array<StorageType, 2> kScaledTypes = {
    StorageType::kF8E4M3, StorageType::kF4};
inline constexpr auto kAllTypes = [] {
  std::array<StorageType, kStorageTypes.size() + kScaledTypes.size()> all{};
  std::size_t count = 0;
  for (const StorageType type : kStorageTypes) all[count++] = type;
  for (const StorageType type : kScaledTypes) all[count++] = type;
  return all;
}();

// At least `cols`, and whole blocks of `type`.
inline std::int64_t WholeBlocks(StorageType type, std::int64_t cols) {
  const std::int64_t values = BlockValues(type);
  return (cols + values - 1) / values * values;
}

struct RandomMatrix {
  std::vector<std::byte> bytes;
  std::vector<std::byte> scales;  // of kScaledTypes
  MatrixView view;                // of bytes and scales
};

// [rows, cols], the same for the same arguments; begins `offset` bytes into
// its buffer, so that odd offsets give unaligned data.
RandomMatrix MakeRandomMatrix(StorageType type, std::int64_t rows,
                              std::int64_t cols, std::int64_t offset = 0);

// Uniform in [-1, 1), the same for the same arguments.
std::vector<float> RandomFloats(std::int64_t count, unsigned seed = 2);

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_MODELS_KERNELS_RANDOM_MATRIX_H_
