#include "placement/linear_assignment.h"

#include <cstddef>
#include <limits>

namespace spacemoe {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Rows and columns are counted from 1; column 0 stands for "being placed".
class Augmenter {
 public:
  explicit Augmenter(const std::vector<std::vector<double>>& costs)
      : costs_(costs),
        columns_(static_cast<int>(costs[0].size())),
        row_potential_(costs.size() + 1, 0.0),
        column_potential_(columns_ + 1, 0.0),
        row_of_(columns_ + 1, 0) {}

  void Place(int row) {
    shortest_.assign(columns_ + 1, kInfinity);
    visited_.assign(columns_ + 1, 0);
    before_.assign(columns_ + 1, 0);
    row_of_[0] = row;
    int column = 0;
    do {
      column = Advance(column);
    } while (row_of_[column] != 0);
    while (column != 0) {
      row_of_[column] = row_of_[before_[column]];
      column = before_[column];
    }
  }

  const std::vector<int>& row_of() const { return row_of_; }

 private:
  // Relaxes the edges of the column's row and returns the nearest column.
  int Advance(int column) {
    visited_[column] = 1;
    const int row = row_of_[column];
    int nearest = 0;
    double delta = kInfinity;
    for (int c = 1; c <= columns_; ++c) {
      if (visited_[c]) continue;
      const double reduced =
          costs_[row - 1][c - 1] - row_potential_[row] - column_potential_[c];
      if (reduced < shortest_[c]) {
        shortest_[c] = reduced;
        before_[c] = column;
      }
      if (shortest_[c] < delta) {
        delta = shortest_[c];
        nearest = c;
      }
    }
    Shift(delta);
    return nearest;
  }

  void Shift(double delta) {
    for (int c = 0; c <= columns_; ++c) {
      if (visited_[c]) {
        row_potential_[row_of_[c]] += delta;
        column_potential_[c] -= delta;
      } else {
        shortest_[c] -= delta;
      }
    }
  }

  const std::vector<std::vector<double>>& costs_;
  const int columns_;
  std::vector<double> row_potential_;
  std::vector<double> column_potential_;
  std::vector<int> row_of_;  // [columns + 1], 0: free
  std::vector<double> shortest_;
  std::vector<int> before_;
  std::vector<char> visited_;
};

}  // namespace

LinearAssignment AssignRows(const std::vector<std::vector<double>>& costs) {
  LinearAssignment result;
  if (costs.empty()) return result;
  Augmenter augmenter(costs);
  const int rows = static_cast<int>(costs.size());
  for (int row = 1; row <= rows; ++row) augmenter.Place(row);
  result.column_of.assign(rows, -1);
  const std::vector<int>& row_of = augmenter.row_of();
  for (size_t column = 1; column < row_of.size(); ++column) {
    if (row_of[column] == 0) continue;
    const int row = row_of[column] - 1;
    result.column_of[row] = static_cast<int>(column) - 1;
    result.cost += costs[row][column - 1];
  }
  return result;
}

}  // namespace spacemoe
