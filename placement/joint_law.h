// The law of a layer's selected experts from all that is known of it.
#ifndef SPACEMOE_PLACEMENT_JOINT_LAW_H_
#define SPACEMOE_PLACEMENT_JOINT_LAW_H_

#include <cstdint>
#include <vector>

#include "placement/problem.h"
#include "placement/selection_law.h"

namespace spacemoe {

// With pairs: for top-2 they are the law. For more it is the law of largest
// entropy with these pair probabilities, P(A) ~ prod_{e < f in A} w_ef, found
// by generalised iterative scaling (Darroch and Ratcliff 1972) over the
// enumerated sets. Without pairs, for top-1, and where there are more sets than
// kEnumeratedSets: the conditional Poisson law of the marginals. A dense layer
// has one empty set.
SelectionLaw LayerLaw(const PlacementProblem& problem, int layer,
                      uint64_t seed);

// Of all layers.
std::vector<SelectionLaw> LayerLaws(const PlacementProblem& problem,
                                    uint64_t seed);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_JOINT_LAW_H_
