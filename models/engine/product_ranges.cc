#include "models/engine/product_ranges.h"

#include <algorithm>

#include "models/kernels/kernels.h"

namespace spacemoe {
namespace {

constexpr int64_t kUnitRows = 16;

int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t Units(const Product& product) {
  return product.rows == 0 ? 0 : CeilDiv(product.weight->rows(), kUnitRows);
}

// Permuted rows stay together, head by head, and a transposed matrix whose
// stored rows are blocks stays whole.
int64_t Granule(const MatrixView& view) {
  if (view.permuted_heads != 0) return view.rows / view.permuted_heads;
  if (view.transposed_step != 0 && IsQuantized(view.type)) return view.rows;
  return kUnitRows;
}

// The first weight row at or after unit `unit` that starts a granule.
int64_t FirstRow(const MatrixView& view, int64_t unit) {
  const int64_t granule = Granule(view);
  return std::min(view.rows, CeilDiv(unit * kUnitRows, granule) * granule);
}

void RunUnits(const Product& product, int64_t begin, int64_t end,
              bool round_bf16) {
  const MatrixView& view = product.weight->view;
  const int64_t first = FirstRow(view, begin);
  const int64_t last = FirstRow(view, end);
  if (first >= last) return;
  const float* bias = product.bias == nullptr ? nullptr : product.bias + first;
  kernels::Linear(RowRange(view, first, last), product.x, product.rows,
                  product.x_stride > 0 ? product.x_stride : view.cols,
                  product.y + first,
                  product.y_stride > 0 ? product.y_stride : view.rows, bias,
                  round_bf16 && !product.float32, nullptr);
}

}  // namespace

void ProductRanges::Assign(absl::Span<const Product> products) {
  products_ = products;
  ends_.clear();
  work_ = 0;
  for (const Product& p : products) {
    ends_.push_back(units() + Units(p));
    work_ += p.rows * p.weight->rows() * p.weight->cols();
  }
}

void ProductRanges::Run(int64_t begin, int64_t end, bool round_bf16) const {
  int64_t start = 0;
  for (size_t i = 0; i < products_.size() && start < end; ++i) {
    const int64_t first = std::max(begin, start);
    const int64_t last = std::min(end, ends_[i]);
    if (first < last) {
      RunUnits(products_[i], first - start, last - start, round_bf16);
    }
    start = ends_[i];
  }
}

}  // namespace spacemoe
