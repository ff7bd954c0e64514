// --trace FILE: a run's trace, from the ring into a file.
#ifndef SPACEMOE_CLI_GENERATE_TRACE_RUN_H_
#define SPACEMOE_CLI_GENERATE_TRACE_RUN_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "cli/generate/ring_run.h"
#include "cli/trace/trace_file.h"

namespace spacemoe {

void AddTraceFlag(CLI::App* app, std::string* path);

// Writes what the satellites have recorded and says on stderr what is missing.
absl::Status WriteTrace(RingRun* run, TraceFile* file);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_TRACE_RUN_H_
