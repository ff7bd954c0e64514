// GGML blocks, all little endian, 32 values each; d and m are float16. Of the
// 16 bytes of `qs`, low nibbles are values 0..15 and high nibbles 16..31; bit
// i of `qh` is the fifth bit of value i.
//
//   Q4_0: d, qs[16]             value = d * (q - 8)
//   Q4_1: d, m, qs[16]          value = d * q + m
//   Q5_0: d, qh[4], qs[16]      value = d * (q - 16)
//   Q5_1: d, m, qh[4], qs[16]   value = d * q + m
//   Q8_0: d, int8 qs[32]        value = d * q
//   MXFP4: byte e, qs[16]       value = 2^(e - 127) * E2M1(q)
//
// The K-quants hold 256 values, 8 parts of 32. In `two` each byte has the two
// bits of four values 32 apart, in `four` the four bits of two such values; bit
// s of byte l of `bit` belongs to value 32 s + l. Scales sc and minima m are 6
// bits each, packed into 12 bytes as k_quants.cc reads them.
//
//   Q2_K: nibbles (sc, m)[16], two[64], d, dmin
//                               value = d * sc * q - dmin * m, of 16 values
//   Q3_K: bit[32], two[64], sc[16] in 12 bytes, d
//                               value = d * (sc - 32) * (q - 4), of 16 values
//   Q4_K: d, dmin, (sc, m)[8] in 12 bytes, four[128]
//                               value = d * sc * q - dmin * m, of 32 values
//   Q5_K: d, dmin, (sc, m)[8] in 12 bytes, bit[32], four[128]; as Q4_K
//   Q6_K: four[128] (two values 64 apart), two[64], int8 sc[16], d
//                               value = d * sc * (q - 32), of 16 values
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
    case StorageType::kQ2_K:
      return {"Q2_K", 256, 84};
    case StorageType::kQ3_K:
      return {"Q3_K", 256, 110};
    case StorageType::kQ4_K:
      return {"Q4_K", 256, 144};
    case StorageType::kQ5_K:
      return {"Q5_K", 256, 176};
    case StorageType::kQ6_K:
      return {"Q6_K", 256, 210};
    case StorageType::kMxfp4:
      return {"MXFP4", 32, 17};
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
