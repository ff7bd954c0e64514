// Generation in this process, without a ring: the reference.
#ifndef SPACEMOE_CLI_GENERATE_LOCAL_RUN_H_
#define SPACEMOE_CLI_GENERATE_LOCAL_RUN_H_

#include "absl/status/statusor.h"
#include "cli/generate/outcome.h"
#include "coordinator/options/ring_options.h"
#include "models/engine/local_engine.h"

namespace spacemoe {

LocalOptions LocalOptionsOf(const RingOptions& ring);

// Times are wall times, all of them booked as compute. `on_text` may be empty.
absl::StatusOr<GenerateOutcome> GenerateLocally(const GenerateJob& job,
                                                const RingOptions& ring,
                                                const TextCallback& on_text);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_LOCAL_RUN_H_
