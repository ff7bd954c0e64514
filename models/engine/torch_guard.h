// The one place where libtorch's exceptions become a Status.
#ifndef SPACEMOE_MODELS_ENGINE_TORCH_GUARD_H_
#define SPACEMOE_MODELS_ENGINE_TORCH_GUARD_H_

#include <exception>
#include <new>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// Calls `work`, which returns a Status or a StatusOr. RESOURCE_EXHAUSTED when
// memory ran out, INTERNAL with the message of any other exception.
template <typename Work>
std::invoke_result_t<Work> Guarded(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("out of memory");
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_TORCH_GUARD_H_
