// Names with "{layer}" and "{expert}" in them.
#ifndef SPACEMOE_MODELS_CHECKPOINT_TENSOR_PATTERN_H_
#define SPACEMOE_MODELS_CHECKPOINT_TENSOR_PATTERN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/config/family.h"

namespace spacemoe {

bool HasLayer(std::string_view pattern);
bool HasExpert(std::string_view pattern);

std::string ExpandName(std::string_view pattern, std::int64_t layer,
                       std::int64_t expert);

// Whether the tensor holds all of a layer's experts.
inline bool IsStacked(const TensorName& name) {
  return IsExpertRole(name.role) && !HasExpert(name.pattern);
}

// The shape of the whole tensor that holds the role: [n] for norms and biases
// ([1, n] for rows that are published so),
// [parts * rows, cols], transposed where the name says so; after the number of
// experts where it is a stack. MXFP4 has [.., cols / 32, 16] for cols.
std::vector<std::int64_t> TensorShape(const TensorName& name,
                                      const ModelConfig& config,
                                      std::int64_t layer = 0,
                                      std::int64_t expert = 0);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_TENSOR_PATTERN_H_
