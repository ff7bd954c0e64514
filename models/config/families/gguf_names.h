// The names that llama.cpp's converter gives to tensors, whatever the family.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_GGUF_NAMES_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_GGUF_NAMES_H_

#include <span>

#include "models/config/family.h"

namespace spacemoe {

// Rows of Q and K are not permuted.
std::span<const TensorName> GgufNames();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_GGUF_NAMES_H_
