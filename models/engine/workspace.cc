#include "models/engine/workspace.h"

#include <ATen/ops/empty.h>

namespace spacemoe {

float* Workspace::Floats(Buffer buffer, int64_t count) {
  at::Tensor& tensor = tensors_[static_cast<size_t>(buffer)];
  if (!tensor.defined() || tensor.numel() < count) {
    tensor = at::empty({count}, at::kFloat);
  }
  return tensor.data_ptr<float>();
}

}  // namespace spacemoe
