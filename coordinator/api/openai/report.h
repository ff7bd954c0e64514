// The `spacemoe` object of an answer: what the ring did for it.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_REPORT_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "coordinator/api/openai/error.h"
#include "coordinator/api/openai/generation.h"
#include "runtime/trace/link_statistics.h"

namespace spacemoe::openai {

struct RingFacts {
  int satellites = 0;
  std::string constellation;
  std::string strategy;
};

// Milliseconds of emulated time. All but `links`.
Json ReportOf(const RingFacts& ring,
              const std::vector<SequenceState>& sequences);

// What happened on all links while the request ran; null for unset: the ring
// did not tell.
Json LinksOf(const std::optional<LinkStatistics>& links);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_REPORT_H_
