#include "placement/model_dimensions.h"

#include "absl/strings/str_format.h"

namespace spacemoe {
namespace {

constexpr int64_t kLargest = 1 << 24;

absl::Status CheckDimensions(const ModelDimensions& d) {
  const bool sparse = d.experts >= 1 && d.top_k >= 1 && d.top_k <= d.experts;
  const bool dense = d.experts == 0 && d.top_k == 0;
  const bool sizes = d.hidden >= 1 && d.hidden <= kLargest &&
                     d.expert_width >= 1 && d.expert_width <= kLargest &&
                     d.vocabulary >= 1 && d.vocabulary <= kLargest &&
                     d.keys >= 0 && d.keys <= kLargest;
  if (d.layers >= 1 && (sparse || dense) && sizes && d.bytes_per_value >= 1 &&
      d.bytes_per_value <= 8) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "model: expected layers >= 1, 1 <= top_k <= experts, sizes from 1 to %d, "
      "found %d layers, top-%d of %d experts, hidden %d, expert width %d, "
      "vocabulary %d, keys %d, %d bytes a value",
      kLargest, d.layers, d.top_k, d.experts, d.hidden, d.expert_width,
      d.vocabulary, d.keys, d.bytes_per_value));
}

}  // namespace

absl::StatusOr<ModelShape> ShapeOfDimensions(const ModelDimensions& d) {
  if (absl::Status valid = CheckDimensions(d); !valid.ok()) return valid;
  const double h = static_cast<double>(d.hidden);
  LayerShape layer{.experts = d.experts, .top_k = d.top_k};
  layer.gateway.bytes = 4 * d.hidden * d.hidden * d.bytes_per_value;
  layer.gateway.flops = 8 * h * h + 4 * h * static_cast<double>(d.keys);
  if (d.experts > 0) {
    layer.expert.bytes = 3 * d.hidden * d.expert_width * d.bytes_per_value;
    layer.expert.flops = 6 * h * static_cast<double>(d.expert_width);
  }
  ModelShape shape;
  shape.family = d.family;
  shape.layers.assign(d.layers, layer);
  shape.head.bytes = 2 * d.hidden * d.vocabulary * d.bytes_per_value;
  shape.head.flops = 2 * h * static_cast<double>(d.vocabulary);
  shape.residual_bytes = d.hidden * d.bytes_per_value;
  shape.dispatch_bytes = shape.residual_bytes;
  shape.output_bytes = shape.residual_bytes;
  return shape;
}

}  // namespace spacemoe
