// What no placement can beat.
#ifndef SPACEMOE_PLACEMENT_TOKEN_BOUND_H_
#define SPACEMOE_PLACEMENT_TOKEN_BOUND_H_

#include "placement/problem.h"

namespace spacemoe {

// Milliseconds that a token takes at least, on average, with any gateways,
// experts and copies, where `hop_ms` is the smallest mean delay between two
// satellites. With c an expert's compute and K selected experts, each layer
// takes its gateway's compute and at least the smaller of
//   K c + h    all selected experts on the gateway, one after the other, and
//   c + 2 h    some on a third satellite: one way there, one way on,
// the former only where a satellite may hold K experts beside a gateway; h is
// hop_ms, or 0 on the way from a single layer to itself. The head's compute is
// added. Serialization is left out.
double TokenBoundMs(const ModelShape& model, const SolveOptions& options,
                    double hop_ms);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_TOKEN_BOUND_H_
