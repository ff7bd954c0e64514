#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cstdint>

#include "models/engine/arithmetic.h"

namespace spacemoe {
namespace {

at::Tensor Blob(const float* data, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(data), shape, at::kFloat);
}

class AtenArithmetic : public Arithmetic {
 public:
  AtenArithmetic(bool bfloat16, ThreadPool* pool)
      : Arithmetic(bfloat16, pool),
        type_(bfloat16 ? at::kBFloat16 : at::kFloat) {}

  Weight Prepare(const MatrixView& view) const override {
    const c10::InferenceMode guard;
    at::Tensor stored = StoredTensor(view);
    const bool as_stored =
        stored.scalar_type() == type_ && view.permuted_heads == 0;
    at::Tensor operand = as_stored ? stored : WidenedTensor(view).to(type_);
    return {view, std::move(stored), std::move(operand)};
  }

  void Multiply(absl::Span<const Product> products) override {
    const c10::InferenceMode guard;
    for (const Product& p : products) {
      if (p.rows > 0) MultiplyOne(p);
    }
  }

  void RmsNorm(const at::Tensor& weight, float eps, const float* x,
               int64_t rows, float* y) override {
    const c10::InferenceMode guard;
    const at::Tensor in = Blob(x, {rows, weight.numel()});
    const at::Tensor mean = in.square().mean(-1, /*keepdim=*/true);
    const at::Tensor normed = (in * (mean + eps).rsqrt()).to(type_);
    Blob(y, in.sizes()).copy_(normed * weight.to(type_));
  }

  void SiluMul(const float* gate, const float* up, int64_t count,
               float* out) override {
    const c10::InferenceMode guard;
    Blob(out, {count})
        .copy_(at::silu(Typed(gate, {count})) * Typed(up, {count}));
  }

  void Rope(float* x, int64_t heads, int64_t head_dim, const float* cos,
            const float* sin) override {
    const c10::InferenceMode guard;
    const int64_t half = head_dim / 2;
    const at::Tensor in = Typed(x, {heads, 2, half});
    const at::Tensor turned =
        at::stack({-in.select(1, 1), in.select(1, 0)}, /*dim=*/1);
    Blob(x, {heads, 2, half})
        .copy_(in * Typed(cos, {half}) + turned * Typed(sin, {half}));
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

 private:
  at::Tensor Typed(const float* data, at::IntArrayRef shape) const {
    return Blob(data, shape).to(type_);
  }

  void MultiplyOne(const Product& p) const {
    const int64_t outputs = p.weight->rows();
    const at::Tensor x = Typed(p.x, {p.rows, p.weight->cols()});
    c10::optional<at::Tensor> bias;
    if (p.bias != nullptr) bias = Typed(p.bias, {outputs});
    Blob(p.y, {p.rows, outputs}).copy_(at::linear(x, p.weight->operand, bias));
  }

  // [kv_heads, keys, head_dim] of [positions, kv_heads, head_dim].
  at::Tensor Seen(const AttentionShape& shape, const AttentionQuery& query,
                  const float* cache) const {
    const int64_t width = shape.kv_heads * shape.head_dim;
    const int64_t keys = query.position - query.first_key + 1;
    return Typed(cache + query.first_key * width,
                 {keys, shape.kv_heads, shape.head_dim})
        .transpose(0, 1);
  }

  void AttendOne(const AttentionShape& shape,
                 const AttentionQuery& query) const {
    const int64_t group = shape.heads / shape.kv_heads;
    const at::Tensor q =
        Typed(query.q, {shape.kv_heads, group, shape.head_dim});
    const at::Tensor keys = Seen(shape, query, query.keys);
    const at::Tensor scores =
        at::matmul(q, keys.transpose(1, 2)) * double{shape.scale};
    const at::Tensor weights = at::softmax(scores, -1, at::kFloat).to(type_);
    Blob(query.out, q.sizes())
        .copy_(at::matmul(weights, Seen(shape, query, query.values)));
  }

  const at::ScalarType type_;
};

}  // namespace

std::unique_ptr<Arithmetic> MakeAtenArithmetic(bool bfloat16,
                                               ThreadPool* pool) {
  return std::make_unique<AtenArithmetic>(bfloat16, pool);
}

}  // namespace spacemoe
