// Single values of GGML's K-quants and MXFP4 blocks; see storage_type.cc for
// the layouts. `i`: 0..255 (MXFP4: 0..31).
#ifndef SPACEMOE_MODELS_TENSOR_K_QUANTS_H_
#define SPACEMOE_MODELS_TENSOR_K_QUANTS_H_

#include <cstddef>

namespace spacemoe {

float Q2_KValue(const std::byte* block, int i);
float Q3_KValue(const std::byte* block, int i);
float Q4_KValue(const std::byte* block, int i);
float Q5_KValue(const std::byte* block, int i);
float Q6_KValue(const std::byte* block, int i);
float Mxfp4Value(const std::byte* block, int i);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TENSOR_K_QUANTS_H_
