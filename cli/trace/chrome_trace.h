// A traced run as a picture: tokens, satellites and links over time.
//
//   tokens    a row a sequence: each token's lap, and in it the path that came
//             last, stretch by stretch
//   head      its steps, and the packets on their way to it
//   layer l   a row a satellite: its steps; below, the packets on their way to
//             it. Packets that overlap have rows of their own.
//
// Arrows follow each token along its path, from step to step.
#ifndef SPACEMOE_CLI_TRACE_CHROME_TRACE_H_
#define SPACEMOE_CLI_TRACE_CHROME_TRACE_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "cli/trace/trace_log.h"

namespace spacemoe {

struct TraceSummary {
  uint64_t events = 0;   // that satellites recorded
  uint64_t dropped = 0;  // more that found no room
  uint64_t tokens = 0;
  uint64_t broken = 0;  // of those: tokens whose path is not known
};

// `write` takes the file piece by piece.
TraceSummary WriteChromeTrace(
    const TraceLog& log, const std::function<void(std::string_view)>& write);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_CHROME_TRACE_H_
