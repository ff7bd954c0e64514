// What was computed against what was expected.
#ifndef SPACEMOE_CLI_VERIFY_COMPARISON_H_
#define SPACEMOE_CLI_VERIFY_COMPARISON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace spacemoe {

// A line of the report.
struct Comparison {
  std::string name;       // "logits", "hidden states", ...
  double max_error = 0;   // infinite: sizes differ, or a value is not finite
  double mean_error = 0;  // of the absolute differences
  double tolerance = 0;   // of max_error
  std::string where;      // of max_error, or the first difference; may be empty
  bool passed = true;
};

// Collects differences of one kind over several tensors.
class ErrorMeter {
 public:
  // Rows of `width` values; `name` says whose, for `where`. Errors are divided
  // by `unit`.
  void Add(const std::string& name, absl::Span<const float> actual,
           absl::Span<const float> expected, int64_t width, double unit = 1);
  // One side has `name` and the other has not.
  void AddMissing(const std::string& name, std::string_view side);

  // Passed if nothing exceeds `tolerance` and something was compared.
  Comparison Result(const std::string& name, double tolerance) const;

 private:
  void Reach(double error, const std::string& where);

  double max_error_ = 0;
  double sum_ = 0;
  int64_t count_ = 0;
  std::string where_;
};

// The same for whole numbers, which must be equal: max_error is the share of
// those that differ, `where` the first of them.
class MismatchMeter {
 public:
  void Add(const std::string& name, absl::Span<const int64_t> actual,
           absl::Span<const int64_t> expected, int64_t width);
  void AddMissing(const std::string& name, std::string_view side);
  Comparison Result(const std::string& name) const;

 private:
  int64_t differing_ = 0;
  int64_t count_ = 0;
  bool sizes_differ_ = false;
  std::string where_;
};

// The standard deviation of values; 0 for none.
double StandardDeviation(absl::Span<const float> values);

// For people: a line for each comparison, and what failed.
std::string ComparisonTable(absl::Span<const Comparison> comparisons);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_VERIFY_COMPARISON_H_
