// Where experts run that several satellites hold.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_COPY_CHOOSER_H_
#define SPACEMOE_SATELLITE_NODE_CORE_COPY_CHOOSER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace spacemoe {

// Of one layer. Thread-compatible: its gateway's thread asks.
class CopyChooser {
 public:
  virtual ~CopyChooser() = default;

  // The satellite of each of a row's selected experts, in order, for a dispatch
  // that leaves at `departure_ns`. Experts are the layer's.
  virtual std::vector<uint32_t> Choose(absl::Span<const int32_t> experts,
                                       int64_t departure_ns) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_COPY_CHOOSER_H_
