#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <c10/core/InferenceMode.h>

#include <cstdint>

#include "models/engine/arithmetic.h"

namespace spacemoe {
namespace {

at::Tensor Blob(const float* data, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(data), shape, at::kFloat);
}

// Products are float32 in either mode: ATen's bfloat16 ones may add up in
// bfloat16 for some shapes. Rounding is done where each operator ends.
class AtenArithmetic : public Arithmetic {
 public:
  using Arithmetic::Arithmetic;

  Weight Prepare(const MatrixView& view) const override {
    const c10::InferenceMode guard;
    at::Tensor stored = StoredTensor(view);
    const bool as_stored = stored.scalar_type() == at::kFloat &&
                           view.permuted_heads == 0 &&
                           view.transposed_step == 0;
    at::Tensor operand = as_stored ? stored : WidenedTensor(view);
    return {view, std::move(stored), std::move(operand)};
  }

  void Multiply(absl::Span<const Product> products) override {
    const c10::InferenceMode guard;
    for (const Product& p : products) {
      if (p.rows > 0) MultiplyOne(p);
    }
  }

  void SiluMul(const float* gate, const float* up, int64_t count,
               float* out) override {
    const c10::InferenceMode guard;
    Give(Rounded(at::silu(Blob(gate, {count}))) * Blob(up, {count}), out);
  }

  void ClampedSwiglu(float limit, const float* gate, const float* up,
                     int64_t count, float* out) override {
    const c10::InferenceMode guard;
    const at::Tensor g = Blob(gate, {count}).clamp_max(limit);
    const at::Tensor u = Blob(up, {count}).clamp(-limit, limit);
    const at::Tensor sigmoid = Rounded(at::sigmoid(Rounded(g * 1.702)));
    Give(Rounded(u + 1) * Rounded(g * sigmoid), out);
  }

  void Rope(const RopeShape& shape, const float* cos, const float* sin,
            float* x) override {
    const c10::InferenceMode guard;
    const int64_t half = shape.rotary_dim / 2;
    // [2, heads, half]: the first and the second of each pair.
    const at::Tensor in = at::from_blob(
        x, {2, shape.heads, half},
        shape.interleaved ? at::IntArrayRef({1, shape.head_dim, 2})
                          : at::IntArrayRef({half, shape.head_dim, 1}),
        at::kFloat);
    const at::Tensor turned = at::stack({-in[1], in[0]});
    const at::Tensor a = in * Blob(cos, {half});
    const at::Tensor b = turned * Blob(sin, {half});
    in.copy_(Rounded(shape.float32 ? a + b : Rounded(a) + Rounded(b)));
  }

  void Attend(const AttentionShape& shape,
              absl::Span<const AttentionQuery> queries) override {
    const c10::InferenceMode guard;
    for (const AttentionQuery& query : queries) AttendOne(shape, query);
  }

  void Softmax(float* x, int64_t rows, int64_t cols) override {
    const c10::InferenceMode guard;
    const at::Tensor in = Blob(x, {rows, cols});
    in.copy_(at::softmax(in, -1));
  }

 protected:
  void RmsNorm(const NormWeights& norm, const float* x, int64_t rows,
               float* y) override {
    const c10::InferenceMode guard;
    const at::Tensor in = Blob(x, {rows, norm.weight.numel()});
    const at::Tensor mean = in.square().mean(-1, /*keepdim=*/true);
    const at::Tensor normed = in * (mean + norm.eps).rsqrt();
    const bool late = norm.kind == NormKind::kRmsFloat32;
    Give((late ? normed : Rounded(normed)) * norm.weight, y);
  }

  void LayerNorm(const NormWeights& norm, const float* x, int64_t rows,
                 float* y) override {
    const c10::InferenceMode guard;
    const int64_t cols = norm.weight.numel();
    Give(at::layer_norm(Blob(x, {rows, cols}), {cols}, norm.weight, norm.bias,
                        norm.eps),
         y);
  }

 private:
  at::Tensor Rounded(const at::Tensor& value) const {
    return bfloat16() ? value.to(at::kBFloat16).to(at::kFloat) : value;
  }

  void Give(const at::Tensor& value, float* out) const {
    Blob(out, value.sizes()).copy_(Rounded(value));
  }

  // [rows, cols], `stride` floats between rows or dense.
  static at::Tensor Rows(const float* data, int64_t rows, int64_t cols,
                         int64_t stride) {
    return at::from_blob(const_cast<float*>(data), {rows, cols},
                         {stride > 0 ? stride : cols, 1}, at::kFloat);
  }

  void MultiplyOne(const Product& p) const {
    const at::Tensor x = Rows(p.x, p.rows, p.weight->cols(), p.x_stride);
    c10::optional<at::Tensor> bias;
    if (p.bias != nullptr) bias = Blob(p.bias, {p.weight->rows()});
    const at::Tensor y = at::linear(x, p.weight->operand, bias);
    Rows(p.y, p.rows, p.weight->rows(), p.y_stride)
        .copy_(p.float32 ? y : Rounded(y));
  }

  // [kv_heads, keys, dim] of [positions, kv_heads, dim].
  static at::Tensor Seen(const AttentionShape& shape,
                         const AttentionQuery& query, const float* cache,
                         int64_t dim, int64_t stride) {
    const int64_t keys = query.position - query.first_key + 1;
    return at::from_blob(const_cast<float*>(cache + query.first_key * stride),
                         {shape.kv_heads, keys, dim}, {dim, stride, 1},
                         at::kFloat);
  }

  // Softmax over the last dimension, with a sink's logit that is then dropped.
  static at::Tensor Weights(const AttentionShape& shape,
                            const at::Tensor& scores) {
    if (shape.sinks == nullptr) return at::softmax(scores, -1);
    const at::Tensor sinks =
        Blob(shape.sinks, {scores.size(0), scores.size(1), 1});
    return at::softmax(at::cat({scores, sinks}, -1), -1)
        .slice(-1, 0, scores.size(-1));
  }

  void AttendOne(const AttentionShape& shape,
                 const AttentionQuery& query) const {
    const int64_t group = shape.heads / shape.kv_heads;
    const int64_t value_dim =
        shape.value_dim > 0 ? shape.value_dim : shape.head_dim;
    const int64_t key_stride = shape.kv_heads * shape.head_dim;
    const int64_t value_stride =
        shape.value_stride > 0 ? shape.value_stride : key_stride;
    const at::Tensor q = Blob(query.q, {shape.kv_heads, group, shape.head_dim});
    const at::Tensor keys =
        Seen(shape, query, query.keys, shape.head_dim, key_stride);
    const at::Tensor scores =
        Rounded(at::matmul(q, keys.transpose(1, 2))) * double{shape.scale};
    const at::Tensor weights = Rounded(Weights(shape, Rounded(scores)));
    const at::Tensor values =
        Seen(shape, query, query.values, value_dim, value_stride);
    Give(at::matmul(weights, values), query.out);
  }
};

}  // namespace

std::unique_ptr<Arithmetic> MakeAtenArithmetic(bool bfloat16,
                                               ThreadPool* pool) {
  return std::make_unique<AtenArithmetic>(bfloat16, pool);
}

}  // namespace spacemoe
