// Generation on a ring that somebody else has started.
#ifndef SPACEMOE_CLI_GENERATE_REMOTE_RUN_H_
#define SPACEMOE_CLI_GENERATE_REMOTE_RUN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/generate/outcome.h"
#include "coordinator/client/coordinator_client.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

// How far a cluster's start is, for people.
std::string StartupText(const v1::StartupEvent& event);

// What came of a job, with the links' statistics of its time (other clients'
// messages among them). The satellites and the rest of the plan are left unset.
absl::StatusOr<GenerateOutcome> GenerateOver(CoordinatorClient* client,
                                             const GenerateJob& job,
                                             const TextCallback& on_text);

// On the ring of the coordinator at `address`; waits until it is ready, which
// a terminal shows. Connecting may take `patience`. A null identity: no TLS.
absl::StatusOr<GenerateOutcome> GenerateRemotely(
    const std::string& address, std::shared_ptr<const TlsIdentity> identity,
    absl::Duration patience, const GenerateJob& job,
    const TextCallback& on_text);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_REMOTE_RUN_H_
