#include "coordinator/options/flag_helpers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace spacemoe {
namespace {

absl::Status Unexpected(const std::string& expected, const std::string& found) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", expected, ", found '", found, "'"));
}

std::string RangeText(const std::string& what, const std::string& min,
                      const std::string& max, bool bounded) {
  if (bounded) return absl::StrCat(what, " from ", min, " to ", max);
  return absl::StrCat(what, " of at least ", min);
}

void Read(const std::string& name, const FlagReader& reader,
          const std::string& value) {
  const absl::Status status = reader(value);
  if (!status.ok()) {
    throw CLI::ValidationError(name, std::string(status.message()));
  }
}

}  // namespace

CLI::Option* AddFlag(CLI::App* app, const std::string& name,
                     const std::string& value_name, const std::string& help,
                     FlagReader reader) {
  return app
      ->add_option_function<std::string>(
          name,
          [name, reader = std::move(reader)](const std::string& value) {
            Read(name, reader, value);
          },
          help)
      ->type_name(value_name);
}

CLI::Option* AddRepeatedFlag(CLI::App* app, const std::string& name,
                             const std::string& value_name,
                             const std::string& help, FlagReader reader) {
  return AddFlag(app, name, value_name, help, std::move(reader))
      ->trigger_on_parse()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

FlagReader IntegerReader(int64_t min, int64_t max,
                         std::function<void(int64_t)> store) {
  return [=](const std::string& text) -> absl::Status {
    int64_t value = 0;
    if (!absl::SimpleAtoi(text, &value) || value < min || value > max) {
      return Unexpected(
          RangeText("a whole number", absl::StrCat(min), absl::StrCat(max),
                    max < std::numeric_limits<int32_t>::max()),
          text);
    }
    store(value);
    return absl::OkStatus();
  };
}

FlagReader UnsignedReader(std::function<void(uint64_t)> store) {
  return [=](const std::string& text) -> absl::Status {
    uint64_t value = 0;
    if (!absl::SimpleAtoi(text, &value)) {
      return Unexpected("a whole number from 0 to 2^64 - 1", text);
    }
    store(value);
    return absl::OkStatus();
  };
}

FlagReader NumberReader(double min, double max,
                        std::function<void(double)> store) {
  return [=](const std::string& text) -> absl::Status {
    double value = 0;
    if (!absl::SimpleAtod(text, &value) || !std::isfinite(value) ||
        value < min || value > max) {
      return Unexpected(RangeText("a number", absl::StrCat(min),
                                  absl::StrCat(max), std::isfinite(max)),
                        text);
    }
    store(value);
    return absl::OkStatus();
  };
}

FlagReader ChoiceReader(std::vector<std::string> choices,
                        std::function<void(const std::string&)> store) {
  return [=](const std::string& text) -> absl::Status {
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
      return Unexpected(absl::StrJoin(choices, " or "), text);
    }
    store(text);
    return absl::OkStatus();
  };
}

}  // namespace spacemoe
