#include "models/ops/operators.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/library.h>

#include <algorithm>
#include <string>
#include <vector>

#include "models/kernels/kernels.h"
#include "models/ops/stored_matrix.h"

namespace spacemoe {
namespace {

void CheckActivation(const at::Tensor& x, int64_t dims) {
  TORCH_CHECK(x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16,
              "spacemoe: activations are float32 or bfloat16, not ",
              x.scalar_type());
  TORCH_CHECK(x.dim() >= 1 && (dims == 0 || x.dim() == dims),
              "spacemoe: expected ", dims, " dimensions, found ", x.dim());
}

bool Rounds(const at::Tensor& x) { return x.scalar_type() == at::kBFloat16; }

at::Tensor Float(const at::Tensor& x) { return x.to(at::kFloat).contiguous(); }

// A copy that may be written to.
at::Tensor FloatCopy(const at::Tensor& x) {
  return x.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true).contiguous();
}

const float* Data(const at::Tensor& x) { return x.data_ptr<float>(); }
float* Data(at::Tensor& x) { return x.data_ptr<float>(); }

at::Tensor Linear(const at::Tensor& x, const at::Tensor& weight,
                  const c10::optional<at::Tensor>& bias, c10::string_view type,
                  int64_t cols, int64_t permuted_heads) {
  CheckActivation(x, 0);
  const MatrixView view = StoredMatrix(
      weight, std::string_view(type.data(), type.size()), cols, permuted_heads);
  TORCH_CHECK(x.size(-1) == view.cols, "spacemoe::linear: x has rows of ",
              x.size(-1), ", the weight of ", view.cols);
  TORCH_CHECK(!bias || bias->numel() == view.rows,
              "spacemoe::linear: expected a bias of ", view.rows);
  const at::Tensor in = Float(x);
  const at::Tensor added = bias ? Float(*bias) : at::Tensor();
  std::vector<int64_t> shape = x.sizes().vec();
  shape.back() = view.rows;
  at::Tensor out = at::empty(shape, at::kFloat);
  kernels::Linear(view, Data(in), in.numel() / view.cols, view.cols, Data(out),
                  view.rows, bias ? Data(added) : nullptr, Rounds(x), nullptr);
  return out.to(x.scalar_type());
}

at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  CheckActivation(x, 0);
  const int64_t cols = x.size(-1);
  TORCH_CHECK(weight.numel() == cols,
              "spacemoe::rms_norm: expected a weight "
              "of ",
              cols, ", found ", weight.numel());
  const at::Tensor in = Float(x);
  const at::Tensor factors = Float(weight);
  at::Tensor out = at::empty_like(in);
  kernels::RmsNorm(Data(in), Data(factors), static_cast<float>(eps),
                   cols == 0 ? 0 : in.numel() / cols, cols, Data(out),
                   Rounds(x), nullptr);
  return out.to(x.scalar_type());
}

at::Tensor SiluMul(const at::Tensor& gate, const at::Tensor& up) {
  CheckActivation(gate, 0);
  TORCH_CHECK(gate.sizes() == up.sizes(),
              "spacemoe::silu_mul: gate and up differ in shape");
  const at::Tensor g = Float(gate);
  const at::Tensor u = Float(up);
  at::Tensor out = at::empty_like(g);
  kernels::SiluMul(Data(g), Data(u), g.numel(), Data(out), Rounds(gate),
                   nullptr);
  return out.to(gate.scalar_type());
}

at::Tensor Softmax(const at::Tensor& x) {
  CheckActivation(x, 0);
  at::Tensor out = FloatCopy(x);
  const int64_t cols = x.size(-1);
  if (out.numel() > 0) kernels::Softmax(Data(out), out.numel() / cols, cols);
  return out.to(x.scalar_type());
}

at::Tensor Rope(const at::Tensor& x, const at::Tensor& cos,
                const at::Tensor& sin) {
  CheckActivation(x, 3);
  const int64_t half = x.size(2) / 2;
  TORCH_CHECK(x.size(2) % 2 == 0 && cos.sizes() == sin.sizes() &&
                  cos.sizes() == at::IntArrayRef({x.size(0), half}),
              "spacemoe::rope: expected cos and sin of [", x.size(0), ", ",
              half, "]");
  at::Tensor out = FloatCopy(x);
  const at::Tensor c = Float(cos);
  const at::Tensor s = Float(sin);
  for (int64_t t = 0; t < x.size(0); ++t) {
    kernels::RopeRotateHalf(Data(out) + t * x.size(1) * x.size(2), x.size(1),
                            x.size(2), Data(c) + t * half, Data(s) + t * half,
                            Rounds(x));
  }
  return out.to(x.scalar_type());
}

void CheckAttention(const at::Tensor& q, const at::Tensor& keys,
                    const at::Tensor& values, const at::Tensor& positions) {
  CheckActivation(q, 3);
  CheckActivation(keys, 3);
  TORCH_CHECK(keys.sizes() == values.sizes() && q.size(2) == keys.size(2) &&
                  keys.size(1) > 0 && q.size(1) % keys.size(1) == 0,
              "spacemoe::attention: shapes of q, keys and values do not fit");
  TORCH_CHECK(
      positions.scalar_type() == at::kLong && positions.numel() == q.size(0),
      "spacemoe::attention: expected ", q.size(0), " int64 positions");
}

int64_t FirstKey(int64_t position, int64_t window) {
  return window <= 0 ? 0 : std::max<int64_t>(0, position - window + 1);
}

at::Tensor Attention(const at::Tensor& q, const at::Tensor& keys,
                     const at::Tensor& values, const at::Tensor& positions,
                     double scale, int64_t window) {
  CheckAttention(q, keys, values, positions);
  const at::Tensor in = Float(q);
  const at::Tensor k = Float(keys);
  const at::Tensor v = Float(values);
  const at::Tensor at_positions = positions.contiguous();
  at::Tensor out = at::empty_like(in);
  at::Tensor scratch = at::empty({q.size(1) * (keys.size(0) + 16)}, at::kFloat);
  kernels::AttentionArgs args;
  args.keys = Data(k);
  args.values = Data(v);
  args.heads = q.size(1);
  args.kv_heads = keys.size(1);
  args.head_dim = q.size(2);
  args.kv_stride = args.kv_heads * args.head_dim;
  args.scale = static_cast<float>(scale);
  for (int64_t t = 0; t < q.size(0); ++t) {
    args.position = at_positions.data_ptr<int64_t>()[t];
    TORCH_CHECK(args.position >= 0 && args.position < keys.size(0),
                "spacemoe::attention: no key at position ", args.position);
    args.first_key = FirstKey(args.position, window);
    args.q = Data(in) + t * args.heads * args.head_dim;
    args.out = Data(out) + t * args.heads * args.head_dim;
    kernels::Attention(args, Rounds(q), Data(scratch));
  }
  return out.to(q.scalar_type());
}

}  // namespace

void LinkOperators() {}

}  // namespace spacemoe

TORCH_LIBRARY(spacemoe, m) {
  m.def(
      "linear(Tensor x, Tensor weight, Tensor? bias=None, str type=\"\", "
      "int cols=0, int permuted_heads=0) -> Tensor");
  m.def("rms_norm(Tensor x, Tensor weight, float eps) -> Tensor");
  m.def("silu_mul(Tensor gate, Tensor up) -> Tensor");
  m.def("softmax(Tensor x) -> Tensor");
  m.def("rope(Tensor x, Tensor cos, Tensor sin) -> Tensor");
  m.def(
      "attention(Tensor q, Tensor keys, Tensor values, Tensor positions, "
      "float scale, int window=0) -> Tensor");
}

TORCH_LIBRARY_IMPL(spacemoe, CPU, m) {
  m.impl("linear", &spacemoe::Linear);
  m.impl("rms_norm", &spacemoe::RmsNorm);
  m.impl("silu_mul", &spacemoe::SiluMul);
  m.impl("softmax", &spacemoe::Softmax);
  m.impl("rope", &spacemoe::Rope);
  m.impl("attention", &spacemoe::Attention);
}
