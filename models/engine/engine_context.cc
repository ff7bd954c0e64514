#include "models/engine/engine_context.h"

#include <ATen/Parallel.h>

#include "models/ops/operators.h"

namespace spacemoe {

std::shared_ptr<EngineContext> MakeContext(const ComputeOptions& options) {
  LinkOperators();
  auto context = std::make_shared<EngineContext>();
  if (options.kernel == KernelKind::kNative) {
    at::set_num_threads(1);
    context->arithmetic = MakeNativeArithmetic(options.bfloat16, options.pool);
  } else {
    at::set_num_threads(options.pool == nullptr ? 1 : options.pool->threads());
    context->arithmetic = MakeAtenArithmetic(options.bfloat16, options.pool);
  }
  return context;
}

}  // namespace spacemoe
