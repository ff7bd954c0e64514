// Means, percentiles and confidence intervals.
#ifndef SPACEMOE_PLACEMENT_SIMULATION_STATISTICS_H_
#define SPACEMOE_PLACEMENT_SIMULATION_STATISTICS_H_

#include <vector>

namespace spacemoe {

double MeanOf(const std::vector<double>& values);

// Of n - 1; 0 for fewer than two values.
double StandardDeviation(const std::vector<double>& values);

// The smallest value that at least `share` of them do not exceed. `sorted` is
// ascending and not empty.
double Percentile(const std::vector<double>& sorted, double share);

// Half the width of the 95 % confidence interval of the mean of independent
// values, by Student's t; 0 for fewer than two.
double ConfidenceHalfWidth(const std::vector<double>& values);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_SIMULATION_STATISTICS_H_
