#include <algorithm>
#include <cstdint>

#include "models/kernels/linear_product.h"

namespace spacemoe::kernels {

void WidenWithScales(const LinearJob& job, std::int64_t begin, std::int64_t end,
                     float* panel) {
  const std::int64_t width = PanelWidth(job);
  for (std::int64_t o = begin; o < end; ++o, panel += width) {
    DequantizeRow(job.w, o, panel);
    std::fill(panel + job.w.cols, panel + width, 0.0f);
  }
}

}  // namespace spacemoe::kernels
