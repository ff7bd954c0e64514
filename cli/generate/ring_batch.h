// Many sequences through one coordinator.
#ifndef SPACEMOE_CLI_GENERATE_RING_BATCH_H_
#define SPACEMOE_CLI_GENERATE_RING_BATCH_H_

#include <vector>

#include "absl/status/statusor.h"
#include "cli/generate/outcome.h"
#include "coordinator/client/coordinator_client.h"

namespace spacemoe {

v1::GenerateRequest RequestFor(const Prompt& prompt, const SequenceSpec& spec);

// Sequences in the order of the job's prompts. The first error ends all.
absl::StatusOr<std::vector<SequenceOutcome>> RunBatch(
    const GenerateJob& job, CoordinatorClient* client,
    const TextCallback& on_text);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_RING_BATCH_H_
