// GGML blocks, all little endian, 32 values each; d and m are float16. Of the
// 16 bytes of `qs`, low nibbles are values 0..15 and high nibbles 16..31; bit
// i of `qh` is the fifth bit of value i.
//
//   Q4_0: d, qs[16]             value = d * (q - 8)
//   Q4_1: d, m, qs[16]          value = d * q + m
//   Q5_0: d, qh[4], qs[16]      value = d * (q - 16)
//   Q5_1: d, m, qh[4], qs[16]   value = d * q + m
//   Q8_0: d, int8 qs[32]        value = d * q
#include <string_view>

#include "models/tensor/matrix_view.h"

namespace spacemoe {
namespace {

struct Layout {
  std::string_view name;
  int block_values;
  int block_bytes;
};

Layout LayoutOf(StorageType type) {
  switch (type) {
    case StorageType::kF32:
      return {"F32", 1, 4};
    case StorageType::kF16:
      return {"F16", 1, 2};
    case StorageType::kBF16:
      return {"BF16", 1, 2};
    case StorageType::kQ4_0:
      return {"Q4_0", 32, 18};
    case StorageType::kQ4_1:
      return {"Q4_1", 32, 20};
    case StorageType::kQ5_0:
      return {"Q5_0", 32, 22};
    case StorageType::kQ5_1:
      return {"Q5_1", 32, 24};
    case StorageType::kQ8_0:
      return {"Q8_0", 32, 34};
    case StorageType::kF8E4M3:
      return {"F8_E4M3", 1, 1};
    case StorageType::kF4:
      return {"F4", 32, 16};
  }
  return {"unknown", 1, 1};
}

}  // namespace

int BlockValues(StorageType type) { return LayoutOf(type).block_values; }
int BlockBytes(StorageType type) { return LayoutOf(type).block_bytes; }
std::string_view StorageTypeName(StorageType type) {
  return LayoutOf(type).name;
}

}  // namespace spacemoe
