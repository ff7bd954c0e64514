#include "coordinator/core/warm_up_prompt.h"

#include <algorithm>

#include "runtime/tensor/packet.h"

namespace spacemoe {

std::vector<int64_t> WarmUpPrompt(int64_t token, const SessionLimits& limits,
                                  bool modelled) {
  if (modelled) return {token};
  int64_t positions = limits.request.context;
  if (limits.kv_bytes > 0) {
    positions =
        std::min(positions, limits.kv_bytes / limits.kv_bytes_per_position);
  }
  const int64_t rows =
      std::clamp<int64_t>(positions - 1, 1, kPromptRowsPerStep);
  return std::vector<int64_t>(rows, token);
}

}  // namespace spacemoe
