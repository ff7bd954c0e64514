#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/options/ring_options.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::string_view kSuffixes = "KMGT";

absl::Status Unexpected(std::string_view expected, std::string_view found) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", std::string(expected), ", found '",
                   std::string(found), "'"));
}

// A positive number, with a suffix that stands for a power of `base`.
absl::StatusOr<double> ParsePositive(std::string_view text, double base,
                                     std::string_view expected) {
  std::string number(text);
  double factor = 1;
  if (!number.empty()) {
    const char last = static_cast<char>(std::toupper(number.back()));
    if (const size_t at = kSuffixes.find(last); at != kSuffixes.npos) {
      factor = std::pow(base, at + 1);
      number.pop_back();
    }
  }
  double value = 0;
  if (!absl::SimpleAtod(number, &value) || !std::isfinite(value) ||
      value <= 0) {
    return Unexpected(expected, text);
  }
  return value * factor;
}

bool TakePrefix(std::string_view prefix, std::string_view* text) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

}  // namespace

absl::StatusOr<double> ParseAmount(std::string_view text) {
  return ParsePositive(text, 1000, "a positive number such as 2e9 or 20G");
}

absl::StatusOr<int64_t> ParseBytes(std::string_view text) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const double bytes,
      ParsePositive(text, 1024, "bytes such as 1073741824, 512M or 2G"));
  if (bytes > 0x1p62) return Unexpected("at most 2^62 bytes", text);
  return static_cast<int64_t>(bytes);
}

absl::StatusOr<RoleSeconds> ParseRoleSeconds(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), ',');
  std::vector<double> seconds;
  for (const std::string& part : parts) {
    double value = 0;
    if (!absl::SimpleAtod(part, &value) || !std::isfinite(value) || value < 0) {
      break;
    }
    seconds.push_back(value);
  }
  if (parts.size() != 3 || seconds.size() != 3) {
    return Unexpected(
        "the seconds of a gateway, an expert and the head, such as "
        "1e-4,2e-5,3e-3",
        text);
  }
  return RoleSeconds{seconds[0], seconds[1], seconds[2]};
}

absl::StatusOr<double> ParseClock(std::string_view text) {
  if (text == "real") return 1.0;
  std::string_view factor = text;
  if (TakePrefix("scaled:", &factor)) {
    if (const auto value = ParsePositive(factor, 1000, "F"); value.ok()) {
      return *value;
    }
  }
  return Unexpected(
      "real, or scaled:F with a positive F (emulated time is wall time x F)",
      text);
}

absl::StatusOr<double> ParseCompute(std::string_view text) {
  if (text == "measured") return 0.0;
  std::string_view flops = text;
  if (TakePrefix("modelled:", &flops)) {
    if (const auto value = ParseAmount(flops); value.ok()) return *value;
  }
  return Unexpected(
      "measured, or modelled:FLOPS with a satellite's positive FLOP/s such as "
      "20G",
      text);
}

}  // namespace spacemoe
