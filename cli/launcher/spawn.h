// fork and exec with pipes.
#ifndef SPACEMOE_CLI_LAUNCHER_SPAWN_H_
#define SPACEMOE_CLI_LAUNCHER_SPAWN_H_

#include "absl/status/statusor.h"
#include "cli/launcher/process_guard.h"

namespace spacemoe {

// The child leads a process group, has the usual signal handling, and is killed
// when the calling thread ends. Errors: those of the system calls; a program
// that can't be executed is one of them.
absl::StatusOr<ChildProcess> SpawnProcess(const SpawnOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_LAUNCHER_SPAWN_H_
