#include "models/checkpoint/tensor_info.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace spacemoe {

std::int64_t TensorInfo::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t size : shape) product *= size;
  return product;
}

std::string ShapeString(const std::vector<std::int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

std::optional<std::int64_t> CheckedElements(
    const std::vector<std::int64_t>& shape) {
  std::int64_t product = 1;
  for (const std::int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(product, size, &product)) {
      return std::nullopt;
    }
  }
  return product;
}

}  // namespace spacemoe
