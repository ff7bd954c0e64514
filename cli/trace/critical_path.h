// The path of a token's lap: what came last, from step to step.
#ifndef SPACEMOE_CLI_TRACE_CRITICAL_PATH_H_
#define SPACEMOE_CLI_TRACE_CRITICAL_PATH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "cli/trace/trace_index.h"

namespace spacemoe {

enum class SpanKind : uint8_t { kStep, kLink, kWait };

// A stretch of emulated time.
struct PathSpan {
  SpanKind kind = SpanKind::kStep;
  int64_t start_ns = 0;
  int64_t end_ns = 0;
  uint32_t index = 0;                   // of the satellite; kLink: the receiver
  const TraceStep* step = nullptr;      // kStep, and what a kWait waits for
  const TraceFlight* flight = nullptr;  // kLink, and what leaves a kStep
};

// From the emission of the token before (or the injection) to this token's
// emission, without a gap: the spans add up to its lap. Unset when events are
// missing.
std::optional<std::vector<PathSpan>> CriticalPath(const TraceIndex& index,
                                                  const TraceToken& token);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_CRITICAL_PATH_H_
