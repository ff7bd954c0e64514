// The operations that a layer is written in, with two implementations: our
// kernels, called directly, and ATen for comparison.
#ifndef SPACEMOE_MODELS_ENGINE_ARITHMETIC_H_
#define SPACEMOE_MODELS_ENGINE_ARITHMETIC_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "models/config/model_config.h"
#include "models/engine/weight.h"
#include "models/kernels/thread_pool.h"

namespace spacemoe {

// y = x w^T + bias. x: [rows, cols], y: [rows, weight rows]; bias: [weight
// rows] or null. Nothing is done for no rows.
struct Product {
  const Weight* weight = nullptr;
  const float* x = nullptr;
  int64_t rows = 0;
  float* y = nullptr;
  const float* bias = nullptr;
  bool float32 = false;  // y is not rounded in bfloat16 mode
  // Floats between rows; 0: dense.
  int64_t x_stride = 0;
  int64_t y_stride = 0;
};

// A norm's weights, [cols] each.
struct NormWeights {
  NormKind kind = NormKind::kRms;
  float eps = 0;
  at::Tensor weight;
  at::Tensor bias;  // of kLayer
};

struct RopeShape {
  int64_t heads = 0;
  int64_t head_dim = 0;    // floats between heads
  int64_t rotary_dim = 0;  // the first ones are rotated
  bool interleaved = false;
  bool float32 = false;  // rounds only what it gives
};

struct AttentionShape {
  int64_t heads = 0;
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  float scale = 1;               // of q.k
  int64_t value_dim = 0;         // 0: head_dim
  int64_t value_stride = 0;      // of a position; 0: kv_heads * value_dim
  const float* sinks = nullptr;  // [heads]: logits without a value, or null
};

// One token of one sequence, against the keys [first_key, position].
struct AttentionQuery {
  const float* q = nullptr;       // [heads, head_dim]
  const float* keys = nullptr;    // [positions, kv_heads, head_dim]
  const float* values = nullptr;  // [positions, kv_heads, value_dim]
  int64_t position = 0;
  int64_t first_key = 0;
  float* out = nullptr;  // [heads, value_dim]
};

// All activations are float32 and dense; in bfloat16 mode they hold bfloat16
// values, and each operation rounds what it gives as transformers' eager code
// does. Thread-compatible: one call at a time, which uses the pool's threads.
// May throw c10::Error and std::bad_alloc; see torch_guard.h.
class Arithmetic {
 public:
  // pool: borrowed, may be null.
  Arithmetic(bool bfloat16, ThreadPool* pool)
      : bfloat16_(bfloat16), pool_(pool) {}
  virtual ~Arithmetic() = default;

  bool bfloat16() const { return bfloat16_; }
  ThreadPool* pool() const { return pool_; }

  // The weight with all that this implementation needs of it.
  virtual Weight Prepare(const MatrixView& view) const = 0;

  // Several products at once: one parallel region.
  virtual void Multiply(absl::Span<const Product> products) = 0;

  // y = norm(x) for each row of [rows, cols]; in place is allowed.
  void Norm(const NormWeights& norm, const float* x, int64_t rows, float* y);

  // out = silu(gate) * up, `count` values; in place is allowed.
  virtual void SiluMul(const float* gate, const float* up, int64_t count,
                       float* out) = 0;
  // ActivationKind::kClampedSwiglu, likewise.
  virtual void ClampedSwiglu(float limit, const float* gate, const float* up,
                             int64_t count, float* out) = 0;

  // Rotates x [heads, head_dim] in place; cos, sin: [rotary_dim / 2].
  virtual void Rope(const RopeShape& shape, const float* cos, const float* sin,
                    float* x) = 0;

  virtual void Attend(const AttentionShape& shape,
                      absl::Span<const AttentionQuery> queries) = 0;

  // In place, each row of [rows, cols]; float32 in either mode.
  virtual void Softmax(float* x, int64_t rows, int64_t cols) = 0;

  // y += x and y *= a: one rounding each, the same for both implementations.
  void Add(const float* x, int64_t count, float* y) const;
  void Scale(float a, int64_t count, float* y) const;
  // Within +-limit, `count` values in place.
  static void Clip(float limit, int64_t count, float* x);

 protected:
  // y = x / rms(x) * weight for each row of [rows, cols]; in place is allowed.
  virtual void RmsNorm(const NormWeights& norm, const float* x, int64_t rows,
                       float* y) = 0;
  // y = (x - mean(x)) / deviation(x) * weight + bias, likewise.
  virtual void LayerNorm(const NormWeights& norm, const float* x, int64_t rows,
                         float* y) = 0;

 private:
  const bool bfloat16_;
  ThreadPool* const pool_;
};

// Our kernels on the weights as they are stored.
std::unique_ptr<Arithmetic> MakeNativeArithmetic(bool bfloat16,
                                                 ThreadPool* pool);

// ATen's operators. A weight that is not stored as float32 (or whose rows are
// permuted) is copied when it is loaded: 4 bytes a value, so a 4-bit checkpoint
// takes 7 to 8 times its size in memory. Results depend on the batch, as a
// library's matrix products do.
std::unique_ptr<Arithmetic> MakeAtenArithmetic(bool bfloat16, ThreadPool* pool);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ARITHMETIC_H_
