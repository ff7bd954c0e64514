#include "cli/verify/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace spacemoe {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string Sizes(const std::string& name, size_t actual, size_t expected) {
  return absl::StrCat(name, ": ", actual, " values, expected ", expected);
}

std::string Position(const std::string& name, size_t index, int64_t width) {
  const auto at = static_cast<int64_t>(index);
  return absl::StrCat(name, ", row ", at / width, ", column ", at % width);
}

std::string Missing(const std::string& name, std::string_view side) {
  return absl::StrCat(name, " is missing in ", std::string(side));
}

std::string Verdict(const Comparison& c) { return c.passed ? "ok" : "FAILED"; }

}  // namespace

void ErrorMeter::Reach(double error, const std::string& where) {
  if (error <= max_error_) return;
  max_error_ = error;
  where_ = where;
}

void ErrorMeter::Add(const std::string& name, absl::Span<const float> actual,
                     absl::Span<const float> expected, int64_t width,
                     double unit) {
  if (actual.size() != expected.size()) {
    return Reach(kInfinity, Sizes(name, actual.size(), expected.size()));
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    const double error = std::abs(double{actual[i]} - expected[i]) / unit;
    const double finite = std::isfinite(error) ? error : kInfinity;
    if (finite > max_error_) Reach(finite, Position(name, i, width));
    sum_ += finite;
    ++count_;
  }
}

void ErrorMeter::AddMissing(const std::string& name, std::string_view side) {
  Reach(kInfinity, Missing(name, side));
}

Comparison ErrorMeter::Result(const std::string& name, double tolerance) const {
  Comparison result;
  result.name = name;
  result.max_error = max_error_;
  result.mean_error = count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
  result.tolerance = tolerance;
  result.where = where_;
  result.passed = count_ > 0 && max_error_ <= tolerance;
  return result;
}

void MismatchMeter::Add(const std::string& name,
                        absl::Span<const int64_t> actual,
                        absl::Span<const int64_t> expected, int64_t width) {
  const size_t common = std::min(actual.size(), expected.size());
  for (size_t i = 0; i < common; ++i) {
    if (actual[i] == expected[i]) continue;
    if (differing_++ > 0 || !where_.empty()) continue;
    where_ = absl::StrCat(Position(name, i, width), ": ", actual[i],
                          ", expected ", expected[i]);
  }
  count_ += static_cast<int64_t>(common);
  if (actual.size() == expected.size()) return;
  sizes_differ_ = true;
  if (where_.empty()) where_ = Sizes(name, actual.size(), expected.size());
}

void MismatchMeter::AddMissing(const std::string& name, std::string_view side) {
  sizes_differ_ = true;
  if (where_.empty()) where_ = Missing(name, side);
}

Comparison MismatchMeter::Result(const std::string& name) const {
  Comparison result;
  result.name = name;
  result.where = where_;
  const double share = count_ == 0 ? 0
                                   : static_cast<double>(differing_) /
                                         static_cast<double>(count_);
  result.max_error = sizes_differ_ ? kInfinity : share;
  result.mean_error = share;
  result.passed = count_ > 0 && differing_ == 0 && !sizes_differ_;
  return result;
}

double StandardDeviation(absl::Span<const float> values) {
  if (values.empty()) return 0;
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const float value : values) sum += value;
  double squares = 0;
  for (const float value : values) {
    squares += (value - sum / count) * (value - sum / count);
  }
  return std::sqrt(squares / count);
}

std::string ComparisonTable(absl::Span<const Comparison> comparisons) {
  std::string table = absl::StrFormat("%-16s %10s %10s %10s  %-6s  %s\n", "",
                                      "max", "mean", "allowed", "", "where");
  for (const Comparison& c : comparisons) {
    absl::StrAppend(
        &table, absl::StrFormat("%-16s %10.2e %10.2e %10.2e  %-6s  %s\n",
                                c.name, c.max_error, c.mean_error, c.tolerance,
                                Verdict(c), c.where));
  }
  return table;
}

}  // namespace spacemoe
