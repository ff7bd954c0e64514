// The hot arithmetic: row-wise products and reductions whose result for a row
// never depends on the rows beside it, on the thread count, or on the
// instruction set. Every reduction runs over 16 virtual lanes (element k goes
// to lane k mod 16, in ascending k, by fused multiply-add), which are then
// added in a fixed tree; AVX2 and AVX-512 give the same bits. Processors
// without fused multiply-add round products too: correct, but with other last
// bits.
//
// All pointers are float32 and row-major. When `round_bf16` is set, each
// operation's output is rounded to the nearest bfloat16 (ties to even), as a
// framework that computes in bfloat16 does at each operator's border; inputs
// are then expected to be such values already. Thread-compatible: concurrent
// calls on disjoint outputs are safe; a ThreadPool serves one call at a time.
// `pool` may be null (the calling thread only).
#ifndef SPACEMOE_MODELS_KERNELS_KERNELS_H_
#define SPACEMOE_MODELS_KERNELS_KERNELS_H_

#include <cstdint>

#include "models/kernels/thread_pool.h"
#include "models/tensor/matrix_view.h"

namespace spacemoe::kernels {

// y[r, o] = sum_k x[r, k] * w[o, k] (+ bias[o]); w: [out, in] in any storage
// type, widened to float32 as it is read. x: [rows, w.cols] with x_stride
// floats between rows; y: [rows, w.rows] with y_stride. bias may be null.
// Undoes w.permuted_heads on the output. y must not overlap x. The sum of a
// transposed w is one chain over k, by fused multiply-add.
void Linear(const MatrixView& w, const float* x, std::int64_t rows,
            std::int64_t x_stride, float* y, std::int64_t y_stride,
            const float* bias, bool round_bf16, ThreadPool* pool);

// y = x / sqrt(mean(x^2) + eps) * weight, per row of [rows, cols]. With
// round_bf16 the normed value is rounded before the weight is applied, and
// the product again (Hugging Face's LlamaRMSNorm). In place is allowed.
void RmsNorm(const float* x, const float* weight, float eps, std::int64_t rows,
             std::int64_t cols, float* y, bool round_bf16, ThreadPool* pool);

// y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias, per row, rounded once
// with round_bf16. In place is allowed.
void LayerNorm(const float* x, const float* weight, const float* bias,
               float eps, std::int64_t rows, std::int64_t cols, float* y,
               bool round_bf16);

// out[i] = silu(gate[i]) * up[i], silu(x) = x / (1 + exp(-x)); silu's result
// is rounded before the product with round_bf16.
void SiluMul(const float* gate, const float* up, std::int64_t count, float* out,
             bool round_bf16, ThreadPool* pool);

// out[i] = (u + 1) * g / (1 + exp(-1.702 g)), g = min(gate[i], limit) and u =
// up[i] within +-limit; each step rounded with round_bf16.
void ClampedSwiglu(float limit, const float* gate, const float* up,
                   std::int64_t count, float* out, bool round_bf16);

// In place softmax of each row of [rows, cols] (float32, max subtracted).
void Softmax(float* x, std::int64_t rows, std::int64_t cols);

// Rotary embedding, "rotate half" form, in place: x is [heads, head_dim] of
// one token; cos and sin are [head_dim / 2] (both halves use the same).
// x1' = x1 cos - x2 sin, x2' = x2 cos + x1 sin, products rounded separately
// as an unfused framework does.
void RopeRotateHalf(float* x, std::int64_t heads, std::int64_t head_dim,
                    const float* cos, const float* sin, bool round_bf16);

// The same for pairs (x[2i], x[2i + 1]), which stay where they are.
void RopeInterleaved(float* x, std::int64_t heads, std::int64_t head_dim,
                     const float* cos, const float* sin, bool round_bf16);

// Causal attention of ONE query token at absolute position `position` against
// the keys [first_key, position] of its sequence (grouped queries).
//   q:      [heads, head_dim]
//   keys:   [positions, kv_heads, head_dim]; row p of position p at keys +
//           p * kv_stride
//   values: [positions, kv_heads, value_dim], with value_stride
//   sinks:  [heads], or null: a logit in each head's softmax that no value has
//   out:    [heads, value_dim]
// scores = scale * q.k; softmax in float32; every reduction over keys runs in
// absolute key order, so the value does not depend on how the prompt was cut.
// scratch: at least heads * (position - first_key + 1 + 16) floats.
struct AttentionArgs {
  const float* q = nullptr;
  const float* keys = nullptr;
  const float* values = nullptr;
  std::int64_t kv_stride = 0;
  std::int64_t value_stride = 0;  // 0: kv_stride
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t value_dim = 0;  // 0: head_dim
  const float* sinks = nullptr;
  std::int64_t position = 0;
  std::int64_t first_key = 0;
  float scale = 1.0f;
  float* out = nullptr;
};
void Attention(const AttentionArgs& args, bool round_bf16, float* scratch);

// y[i] += a * x[i] as fused multiply-add (round_bf16: product and sum rounded).
void Axpy(float a, const float* x, std::int64_t count, float* y,
          bool round_bf16);
// y[i] = a * x[i].
void Scale(float a, const float* x, std::int64_t count, float* y,
           bool round_bf16);
// y[i] += x[i].
void Add(const float* x, std::int64_t count, float* y, bool round_bf16);
// Rounds to bfloat16 values (nearest, ties to even), in place.
void RoundToBf16(float* x, std::int64_t count);

// The instruction set that run-time dispatch chose: "AVX3" (AVX-512), "AVX2"...
const char* InstructionSet();

}  // namespace spacemoe::kernels

#endif  // SPACEMOE_MODELS_KERNELS_KERNELS_H_
