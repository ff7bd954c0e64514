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

// Permuted rows stay together, head by head.
int64_t Granule(const MatrixView& view) {
  return view.permuted_heads == 0 ? kUnitRows : view.rows / view.permuted_heads;
}

// The first weight row at or after unit `unit` that starts a granule.
int64_t FirstRow(const MatrixView& view, int64_t unit) {
  const int64_t granule = Granule(view);
  return std::min(view.rows, CeilDiv(unit * kUnitRows, granule) * granule);
}

MatrixView Rows(const MatrixView& view, int64_t begin, int64_t end) {
  MatrixView part = view;
  part.rows = end - begin;
  part.data = view.row(begin);
  if (view.permuted_heads != 0) {
    part.permuted_heads = part.rows / Granule(view);
  }
  return part;
}

void RunUnits(const Product& product, int64_t begin, int64_t end,
              bool round_bf16) {
  const MatrixView& view = product.weight->view;
  const int64_t first = FirstRow(view, begin);
  const int64_t last = FirstRow(view, end);
  if (first >= last) return;
  const float* bias = product.bias == nullptr ? nullptr : product.bias + first;
  kernels::Linear(Rows(view, first, last), product.x, product.rows, view.cols,
                  product.y + first, view.rows, bias, round_bf16, nullptr);
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
