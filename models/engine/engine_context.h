// What the roles of one process share.
#ifndef SPACEMOE_MODELS_ENGINE_ENGINE_CONTEXT_H_
#define SPACEMOE_MODELS_ENGINE_ENGINE_CONTEXT_H_

#include <memory>
#include <vector>

#include "models/engine/arithmetic.h"
#include "models/engine/role_factory.h"
#include "models/engine/workspace.h"

namespace spacemoe {

// Thread-compatible: roles that share a context are called one at a time.
struct EngineContext {
  std::unique_ptr<Arithmetic> arithmetic;
  Workspace workspace;
  std::vector<Product> products;  // scratch
};

// Also sets libtorch's own thread count: 1 with our kernels, which have a pool.
std::shared_ptr<EngineContext> MakeContext(const ComputeOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ENGINE_CONTEXT_H_
