#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/engine/arithmetic.h"
#include "models/engine/product_ranges.h"
#include "models/kernels/kernels.h"

namespace spacemoe {
namespace {

// Multiply-adds below which waking another thread costs more than it saves.
constexpr int64_t kParallelWork = 64 * 1024;

// Grows with use and lives as long as its thread.
float* ThreadScratch(int64_t floats) {
  thread_local std::vector<float> scratch;
  if (static_cast<int64_t>(scratch.size()) < floats) scratch.resize(floats);
  return scratch.data();
}

int64_t ValueDim(const AttentionShape& shape) {
  return shape.value_dim > 0 ? shape.value_dim : shape.head_dim;
}

kernels::AttentionArgs HeadArgs(const AttentionShape& shape,
                                const AttentionQuery& query, int64_t head) {
  const int64_t kv_head = head / (shape.heads / shape.kv_heads);
  const int64_t value_dim = ValueDim(shape);
  kernels::AttentionArgs args;
  args.q = query.q + head * shape.head_dim;
  args.keys = query.keys + kv_head * shape.head_dim;
  args.values = query.values + kv_head * value_dim;
  args.kv_stride = shape.kv_heads * shape.head_dim;
  args.value_stride = shape.value_stride;
  args.heads = 1;
  args.kv_heads = 1;
  args.head_dim = shape.head_dim;
  args.value_dim = value_dim;
  args.position = query.position;
  args.first_key = query.first_key;
  args.scale = shape.scale;
  if (shape.sinks != nullptr) args.sinks = shape.sinks + head;
  args.out = query.out + head * value_dim;
  return args;
}

int64_t AttentionWork(const AttentionShape& shape,
                      absl::Span<const AttentionQuery> queries) {
  int64_t keys = 0;
  for (const AttentionQuery& q : queries) keys += q.position - q.first_key + 1;
  return 2 * keys * shape.heads * shape.head_dim;
}

class NativeArithmetic : public Arithmetic {
 public:
  using Arithmetic::Arithmetic;

  Weight Prepare(const MatrixView& view) const override {
    return {view, StoredTensor(view), at::Tensor()};
  }

  void Multiply(absl::Span<const Product> products) override {
    ranges_.Assign(products);
    ParallelFor(ranges_.work(), ranges_.units(), [this](int64_t b, int64_t e) {
      ranges_.Run(b, e, bfloat16());
    });
  }

  void SiluMul(const float* gate, const float* up, int64_t count,
               float* out) override {
    kernels::SiluMul(gate, up, count, out, bfloat16(), pool());
  }

  void ClampedSwiglu(float limit, const float* gate, const float* up,
                     int64_t count, float* out) override {
    kernels::ClampedSwiglu(limit, gate, up, count, out, bfloat16());
  }

  void Rope(const RopeShape& shape, const float* cos, const float* sin,
            float* x) override {
    const bool plain = !shape.interleaved && shape.rotary_dim == shape.head_dim;
    if (plain) {
      return kernels::RopeRotateHalf(x, shape.heads, shape.head_dim, cos, sin,
                                     bfloat16());
    }
    RopeEachHead(shape, cos, sin, x);
  }

  void Attend(const AttentionShape& shape,
              absl::Span<const AttentionQuery> queries) override {
    const int64_t heads = static_cast<int64_t>(queries.size()) * shape.heads;
    ParallelFor(
        AttentionWork(shape, queries), heads, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            AttendHead(shape, queries[i / shape.heads], i % shape.heads);
          }
        });
  }

  void Softmax(float* x, int64_t rows, int64_t cols) override {
    kernels::Softmax(x, rows, cols);
  }

 protected:
  void RmsNorm(const NormWeights& norm, const float* x, int64_t rows,
               float* y) override {
    const bool late = norm.kind == NormKind::kRmsFloat32;
    const int64_t cols = norm.weight.numel();
    kernels::RmsNorm(x, norm.weight.data_ptr<float>(), norm.eps, rows, cols, y,
                     bfloat16() && !late, pool());
    if (late && bfloat16()) kernels::RoundToBf16(y, rows * cols);
  }

  void LayerNorm(const NormWeights& norm, const float* x, int64_t rows,
                 float* y) override {
    kernels::LayerNorm(x, norm.weight.data_ptr<float>(),
                       norm.bias.data_ptr<float>(), norm.eps, rows,
                       norm.weight.numel(), y, bfloat16());
  }

 private:
  void RopeEachHead(const RopeShape& shape, const float* cos, const float* sin,
                    float* x) const {
    const auto rotate =
        shape.interleaved ? kernels::RopeInterleaved : kernels::RopeRotateHalf;
    const bool late = shape.float32 && bfloat16();
    for (int64_t h = 0; h < shape.heads; ++h, x += shape.head_dim) {
      rotate(x, 1, shape.rotary_dim, cos, sin, bfloat16() && !late);
      if (late) kernels::RoundToBf16(x, shape.rotary_dim);
    }
  }

  template <typename Function>
  void ParallelFor(int64_t work, int64_t count, const Function& function) {
    if (pool() == nullptr || work < kParallelWork) return function(0, count);
    pool()->ParallelFor(count, 1, function);
  }

  void AttendHead(const AttentionShape& shape, const AttentionQuery& query,
                  int64_t head) const {
    constexpr int64_t kPadding = 16;
    const int64_t keys = query.position - query.first_key + 1;
    kernels::Attention(HeadArgs(shape, query, head), bfloat16(),
                       ThreadScratch(keys + kPadding));
  }

  ProductRanges ranges_;
};

}  // namespace

std::unique_ptr<Arithmetic> MakeNativeArithmetic(bool bfloat16,
                                                 ThreadPool* pool) {
  return std::make_unique<NativeArithmetic>(bfloat16, pool);
}

}  // namespace spacemoe
