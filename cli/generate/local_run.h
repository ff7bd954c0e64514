// Generation in this process, without a ring: the reference.
#ifndef SPACEMOE_CLI_GENERATE_LOCAL_RUN_H_
#define SPACEMOE_CLI_GENERATE_LOCAL_RUN_H_

#include <vector>

#include "absl/status/statusor.h"
#include "cli/generate/outcome.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/text/text_codec.h"
#include "models/config/model_config.h"
#include "models/engine/local_engine.h"

namespace spacemoe {

LocalOptions LocalOptionsOf(const RingOptions& ring);

// The job's prompts as tokens, checked. INVALID_ARGUMENT as the coordinator's.
absl::StatusOr<std::vector<LocalRequest>> LocalRequestsOf(
    const GenerateJob& job, const TextCodec& codec, const ModelConfig& config);

// Times are wall times, all of them booked as compute. `on_text` may be empty.
absl::StatusOr<GenerateOutcome> GenerateLocally(const GenerateJob& job,
                                                const RingOptions& ring,
                                                const TextCallback& on_text);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_LOCAL_RUN_H_
