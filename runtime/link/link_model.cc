#include "runtime/link/link_model.h"

namespace spacemoe {

absl::StatusOr<LinkStamp> NoDelayLinks::Stamp(uint32_t from, uint32_t to,
                                              int64_t departure_ns,
                                              int64_t /*bytes*/) {
  return LinkStamp{
      .departure_ns = departure_ns, .due_ns = departure_ns, .hops = from != to};
}

absl::StatusOr<LinkStamp> FixedDelayLinks::Stamp(uint32_t from, uint32_t to,
                                                 int64_t departure_ns,
                                                 int64_t /*bytes*/) {
  const int64_t delay_ns = from == to ? 0 : propagation_ns_;
  return LinkStamp{.departure_ns = departure_ns,
                   .due_ns = departure_ns + delay_ns,
                   .propagation_ns = delay_ns,
                   .hops = from != to};
}

}  // namespace spacemoe
