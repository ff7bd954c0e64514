// How a weight lies in the mapped checkpoint: never copied, never converted.
#ifndef SPACEMOE_MODELS_TENSOR_MATRIX_VIEW_H_
#define SPACEMOE_MODELS_TENSOR_MATRIX_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spacemoe {

// The type that values are stored in. The quantised ones are GGML blocks of
// 32 values along a row (see storage_type.cc for the layouts).
enum class StorageType : std::uint8_t {
  kF32,
  kF16,
  kBF16,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
};

// Values in one block: 1 for plain types, 32 for quantised ones.
int BlockValues(StorageType type);
// Bytes of one block.
int BlockBytes(StorageType type);
// "F32", "Q4_1", ...
std::string_view StorageTypeName(StorageType type);
inline bool IsQuantized(StorageType type) { return BlockValues(type) > 1; }

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

  bool empty() const { return data == nullptr; }
  const std::byte* row(std::int64_t r) const { return data + r * row_bytes; }
};

// Row of the stored matrix that holds output row `r` in Hugging Face's order.
std::int64_t StoredRow(const MatrixView& w, std::int64_t r);

// Widens row `r` (in Hugging Face's order) to float32. `out`: [cols].
// Bit-equal to what the `gguf` Python package and Hugging Face compute.
void DequantizeRow(const MatrixView& w, std::int64_t r, float* out);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TENSOR_MATRIX_VIEW_H_
