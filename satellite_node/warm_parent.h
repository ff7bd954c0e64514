// The parent that satellites of one machine are forked from.
#ifndef SPACEMOE_SATELLITE_NODE_WARM_PARENT_H_
#define SPACEMOE_SATELLITE_NODE_WARM_PARENT_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"

namespace spacemoe {

struct WarmParentOptions {
  int count = 1;
  uint32_t first_index = 0;
  std::vector<uint32_t> indices;  // instead, unless empty: [count]
  // `child` executes a program at once, so that the parent's threads do not
  // matter: for sanitizers, which have threads of their own.
  bool child_executes = false;
};

// What a child is: its result is the child's exit status.
using ChildMain = std::function<int(uint32_t index)>;

// Forks `count` children that run `child` and then exit, and waits. Everything
// that the parent has loaded is shared copy-on-write.
//
//  - A child's end is told on stdout, one line each:
//      {"index":17,"pid":1234,"exit":null,"signal":9}
//  - SIGTERM, or the end of a stdin that is not /dev/null, kills and reaps all
//    children. SIGINT does so
//    only on a terminal: a launcher gets it too and ends stdin in its own time.
//  - Children die with their parent (SIGKILL), ignore SIGINT, and have neither
//    its stdin nor its stdout.
//
// Returns the parent's exit status when no child is left: 0 if every child
// exited with 0, or it was asked to stop; 1 otherwise. FAILED_PRECONDITION when
// the process has more than one thread (unless child_executes);
// RESOURCE_EXHAUSTED when a fork fails; no child is left then.
absl::StatusOr<int> RunWarmParent(const WarmParentOptions& options,
                                  const ChildMain& child);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_WARM_PARENT_H_
