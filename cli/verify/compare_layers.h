// What was observed in the layers against what was expected.
#ifndef SPACEMOE_CLI_VERIFY_COMPARE_LAYERS_H_
#define SPACEMOE_CLI_VERIFY_COMPARE_LAYERS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/verify/comparison.h"
#include "cli/verify/expected_set.h"
#include "cli/verify/observed.h"

namespace spacemoe {

// Of the first prompt. A layer that one side has and the other has not fails
// the comparison, which names it; errors are of the expected set's tensors.

// `width`: of a hidden state. Errors are in units of the layer's standard
// deviation where that is above 1.
absl::StatusOr<Comparison> CompareHidden(const ExpectedSet& expected,
                                         double tolerance, int64_t width,
                                         const Observed& seen);

// Adds two lines: the chosen experts and their weights.
absl::Status CompareRouting(const ExpectedSet& expected, double tolerance,
                            int64_t positions, const Observed& seen,
                            std::vector<Comparison>* out);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_VERIFY_COMPARE_LAYERS_H_
