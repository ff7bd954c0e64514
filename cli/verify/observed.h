// The residual stream and the routing of one prompt in one process.
#ifndef SPACEMOE_CLI_VERIFY_OBSERVED_H_
#define SPACEMOE_CLI_VERIFY_OBSERVED_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/engine/local_engine.h"

namespace spacemoe {

struct ObservedRouting {
  std::vector<int64_t> experts;  // [positions, top_k]
  std::vector<float> weights;    // likewise
};

struct Observed {
  std::map<int64_t, std::vector<float>> hidden;  // by layer: what enters it
  std::map<int64_t, ObservedRouting> routing;    // of the sparse layers
};

// The bits are those of the ring: it runs the same roles.
absl::StatusOr<Observed> Observe(LocalEngine* engine,
                                 absl::Span<const int64_t> ids, int64_t width);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_VERIFY_OBSERVED_H_
