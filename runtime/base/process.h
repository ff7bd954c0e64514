// What a process asks of its kernel.
#ifndef SPACEMOE_RUNTIME_BASE_PROCESS_H_
#define SPACEMOE_RUNTIME_BASE_PROCESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// "what: strerror(errno)" with the code that fits errno.
absl::Status ErrnoStatus(std::string_view what, int error_number);

// Threads of this process.
absl::StatusOr<int> ThreadCount();

// The file of this program. Executed by this name, not by /proc/self/exe,
// processes are called what people look for; the latter if the file has gone.
std::string ExecutablePath();

// Equal on processes that share CLOCK_MONOTONIC: of one boot of one kernel and
// one time namespace.
absl::StatusOr<std::string> MonotonicClockId();

// Raises the soft limit of open descriptors to the hard one.
// RESOURCE_EXHAUSTED, naming both, when the hard limit is below `needed`.
absl::Status RaiseDescriptorLimit(uint64_t needed);

// Sleeping threads wake within microseconds instead of the usual 50 late. Of
// the calling thread and those that it starts.
void WakeUpPrecisely();

// A thread that becomes ready does not interrupt one that works (SCHED_BATCH):
// more of what it waits for has come by the time that it runs. Of the calling
// thread and those that it starts.
void PreferThroughput();

// SIGKILL for this process when `parent` ends. FAILED_PRECONDITION when it has
// ended already.
absl::Status DieWithParent(int parent_pid);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_BASE_PROCESS_H_
