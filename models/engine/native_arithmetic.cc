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

kernels::AttentionArgs HeadArgs(const AttentionShape& shape,
                                const AttentionQuery& query, int64_t head) {
  const int64_t kv_head = head / (shape.heads / shape.kv_heads);
  kernels::AttentionArgs args;
  args.q = query.q + head * shape.head_dim;
  args.keys = query.keys + kv_head * shape.head_dim;
  args.values = query.values + kv_head * shape.head_dim;
  args.kv_stride = shape.kv_heads * shape.head_dim;
  args.heads = 1;
  args.kv_heads = 1;
  args.head_dim = shape.head_dim;
  args.position = query.position;
  args.first_key = query.first_key;
  args.scale = shape.scale;
  args.out = query.out + head * shape.head_dim;
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

  void RmsNorm(const at::Tensor& weight, float eps, const float* x,
               int64_t rows, float* y) override {
    kernels::RmsNorm(x, weight.data_ptr<float>(), eps, rows, weight.numel(), y,
                     bfloat16(), pool());
  }

  void SiluMul(const float* gate, const float* up, int64_t count,
               float* out) override {
    kernels::SiluMul(gate, up, count, out, bfloat16(), pool());
  }

  void Rope(float* x, int64_t heads, int64_t head_dim, const float* cos,
            const float* sin) override {
    kernels::RopeRotateHalf(x, heads, head_dim, cos, sin, bfloat16());
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

 private:
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
