// Does once, before forking, what every satellite would do for itself.
#ifndef SPACEMOE_SATELLITE_NODE_WARM_UP_H_
#define SPACEMOE_SATELLITE_NODE_WARM_UP_H_

#include "absl/status/status.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

// Builds the roles of a layer and runs a row through them, so that libtorch,
// the kernels and the allocator are set up in pages that children share.
// Starts no thread.
absl::Status WarmUp(const Checkpoint& checkpoint);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_WARM_UP_H_
