// The linear assignment problem.
#ifndef SPACEMOE_PLACEMENT_LINEAR_ASSIGNMENT_H_
#define SPACEMOE_PLACEMENT_LINEAR_ASSIGNMENT_H_

#include <vector>

namespace spacemoe {

struct LinearAssignment {
  std::vector<int> column_of;  // [rows]
  double cost = 0;
};

// Each row gets a column of its own so that the sum of costs [rows][columns] is
// smallest; there must be at least as many columns as rows, and no infinite or
// NaN cost. Shortest augmenting paths with potentials (Jonker and Volgenant
// 1987), O(rows^2 columns).
LinearAssignment AssignRows(const std::vector<std::vector<double>>& costs);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_LINEAR_ASSIGNMENT_H_
