#include "models/checkpoint/tensor_pattern.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace spacemoe {
namespace {

constexpr char kLayer[] = "{layer}";
constexpr char kExpert[] = "{expert}";

}  // namespace

bool HasLayer(std::string_view pattern) {
  return pattern.find(kLayer) != std::string_view::npos;
}

bool HasExpert(std::string_view pattern) {
  return pattern.find(kExpert) != std::string_view::npos;
}

std::string ExpandName(std::string_view pattern, std::int64_t layer,
                       std::int64_t expert) {
  return absl::StrReplaceAll(
      std::string(pattern),
      {{kLayer, absl::StrCat(layer)}, {kExpert, absl::StrCat(expert)}});
}

std::vector<std::int64_t> TensorShape(const TensorName& name,
                                      const ModelConfig& config,
                                      std::int64_t layer, std::int64_t expert) {
  const MatrixShape matrix = ExpectedShape(name.role, config, layer, expert);
  if (IsNormRole(name.role)) {
    if (name.two_dimensional) return {1, matrix.cols};
    return {matrix.cols};
  }
  if (name.role == TensorRole::kLatentKeyUp ||
      name.role == TensorRole::kLatentValueUp) {
    return {config.heads, matrix.rows / config.heads, matrix.cols};
  }
  std::vector<std::int64_t> shape = {matrix.rows * name.parts};
  if (name.mxfp4) {
    shape.insert(shape.end(), {matrix.cols / 32, 16});
  } else if (!IsBiasRole(name.role)) {
    shape.insert(name.transposed ? shape.begin() : shape.end(), matrix.cols);
  }
  if (IsStacked(name)) shape.insert(shape.begin(), config.experts);
  return shape;
}

}  // namespace spacemoe
