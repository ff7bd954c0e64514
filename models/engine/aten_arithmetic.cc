#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
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
    const bool as_stored =
        stored.scalar_type() == at::kFloat && view.permuted_heads == 0;
    at::Tensor operand = as_stored ? stored : WidenedTensor(view);
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
    Give(Rounded(in * (mean + eps).rsqrt()) * weight, y);
  }

  void SiluMul(const float* gate, const float* up, int64_t count,
               float* out) override {
    const c10::InferenceMode guard;
    Give(Rounded(at::silu(Blob(gate, {count}))) * Blob(up, {count}), out);
  }

  void Rope(float* x, int64_t heads, int64_t head_dim, const float* cos,
            const float* sin) override {
    const c10::InferenceMode guard;
    const int64_t half = head_dim / 2;
    const at::Tensor in = Blob(x, {heads, 2, half});
    const at::Tensor turned =
        at::stack({-in.select(1, 1), in.select(1, 0)}, /*dim=*/1);
    Give(Rounded(in * Blob(cos, {half})) + Rounded(turned * Blob(sin, {half})),
         x);
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
  at::Tensor Rounded(const at::Tensor& value) const {
    return bfloat16() ? value.to(at::kBFloat16).to(at::kFloat) : value;
  }

  void Give(const at::Tensor& value, float* out) const {
    Blob(out, value.sizes()).copy_(Rounded(value));
  }

  void MultiplyOne(const Product& p) const {
    const at::Tensor x = Blob(p.x, {p.rows, p.weight->cols()});
    c10::optional<at::Tensor> bias;
    if (p.bias != nullptr) bias = Blob(p.bias, {p.weight->rows()});
    Give(at::linear(x, p.weight->operand, bias), p.y);
  }

  // [kv_heads, keys, head_dim] of [positions, kv_heads, head_dim].
  static at::Tensor Seen(const AttentionShape& shape,
                         const AttentionQuery& query, const float* cache) {
    const int64_t width = shape.kv_heads * shape.head_dim;
    const int64_t keys = query.position - query.first_key + 1;
    return Blob(cache + query.first_key * width,
                {keys, shape.kv_heads, shape.head_dim})
        .transpose(0, 1);
  }

  void AttendOne(const AttentionShape& shape,
                 const AttentionQuery& query) const {
    const int64_t group = shape.heads / shape.kv_heads;
    const at::Tensor q = Blob(query.q, {shape.kv_heads, group, shape.head_dim});
    const at::Tensor keys = Seen(shape, query, query.keys);
    const at::Tensor scores =
        Rounded(at::matmul(q, keys.transpose(1, 2))) * double{shape.scale};
    const at::Tensor weights = Rounded(at::softmax(Rounded(scores), -1));
    Give(at::matmul(weights, Seen(shape, query, query.values)), query.out);
  }
};

}  // namespace

std::unique_ptr<Arithmetic> MakeAtenArithmetic(bool bfloat16,
                                               ThreadPool* pool) {
  return std::make_unique<AtenArithmetic>(bfloat16, pool);
}

}  // namespace spacemoe
