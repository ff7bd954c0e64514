// How a weight lies in the mapped checkpoint: never copied, never converted.
#ifndef SPACEMOE_MODELS_TENSOR_MATRIX_VIEW_H_
#define SPACEMOE_MODELS_TENSOR_MATRIX_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spacemoe {

// The type that values are stored in. Most quantised ones are GGML blocks of
// 32 or 256 values along a row (see storage_type.cc for the layouts); kF8E4M3
// and kF4 have their scales elsewhere (SeparateScales).
enum class StorageType : std::uint8_t {
  kF32,
  kF16,
  kBF16,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
  kQ2_K,
  kQ3_K,
  kQ4_K,
  kQ5_K,
  kQ6_K,
  kMxfp4,
  kF8E4M3,  // 1 sign, 4 exponent, 3 mantissa bits; no infinities
  kF4,      // 1 sign, 2 exponent, 1 mantissa bit; two a byte, low nibble first
};

// Values in one block: 1 for plain types and kF8E4M3, 32 or 256 for the others.
int BlockValues(StorageType type);
// Bytes of one block.
int BlockBytes(StorageType type);
// "F32", "Q4_1", ...
std::string_view StorageTypeName(StorageType type);
inline bool HasSeparateScales(StorageType type) {
  return type == StorageType::kF8E4M3 || type == StorageType::kF4;
}
inline bool IsQuantized(StorageType type) {
  return BlockValues(type) > 1 || HasSeparateScales(type);
}

// Factors that lie beside the values, one for each tile of the matrix: value
// (r, c) is multiplied by scale ((first_row + r) / tile_rows, c / tile_cols).
struct SeparateScales {
  enum class Type : std::uint8_t {
    kF32,
    kBF16,
    kE8M0,  // 2^(byte - 127)
  };
  Type type = Type::kF32;
  const std::byte* data = nullptr;
  std::int64_t row_bytes = 0;  // 0: one row for all
  std::int64_t tile_rows = 1;
  std::int64_t tile_cols = 1;
  std::int64_t first_row = 0;
};

// The scale of row `r`, columns from `c` to the end of its tile.
float ScaleAt(const SeparateScales& scales, std::int64_t r, std::int64_t c);

// A row-major matrix [rows, cols] (a vector is [1, cols]). Borrowed: `data`
// lives in the mapped file, which must outlive the view. A row holds
// cols / BlockValues(type) blocks and starts row_bytes after the previous one.
struct MatrixView {
  StorageType type = StorageType::kF32;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  const std::byte* data = nullptr;
  std::int64_t row_bytes = 0;
  // llama.cpp stores Q and K of llama-derived architectures with the rows of
  // each head permuted from [2, head_dim/2] to [head_dim/2, 2]. When not 0:
  // the number of heads whose rows are so permuted. Products undo it on their
  // output, so that callers always see Hugging Face's order.
  std::int64_t permuted_heads = 0;
  // When not 0: the matrix is stored transposed. Stored rows, row_bytes apart,
  // are the columns, and value (r, c) is value r * transposed_step of stored
  // row c. Steps other than 1 are for plain types only.
  std::int64_t transposed_step = 0;
  SeparateScales scales;  // where HasSeparateScales(type)

  bool empty() const { return data == nullptr; }
  const std::byte* row(std::int64_t r) const { return data + r * row_bytes; }
};

// w^T, for a w that is not transposed itself.
MatrixView Transposed(const MatrixView& w);

// Rows [begin, end). Not of a transposed view of a quantised type.
MatrixView RowRange(const MatrixView& w, std::int64_t begin, std::int64_t end);

// Row of the stored matrix that holds output row `r` in Hugging Face's order.
std::int64_t StoredRow(const MatrixView& w, std::int64_t r);

// Widens row `r` (in Hugging Face's order) to float32. `out`: [cols].
// Bit-equal to what the `gguf` Python package and Hugging Face compute. Slow
// for transposed views of quantised types: the whole matrix is read.
void DequantizeRow(const MatrixView& w, std::int64_t r, float* out);

// Widens column `c` of a transposed view, a stored row. `out`: [rows].
void DequantizeColumn(const MatrixView& w, std::int64_t c, float* out);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TENSOR_MATRIX_VIEW_H_
