// Flags whose bad values say what was expected.
#ifndef SPACEMOE_COORDINATOR_OPTIONS_FLAG_HELPERS_H_
#define SPACEMOE_COORDINATOR_OPTIONS_FLAG_HELPERS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace spacemoe {

// Called for each value, in the order of the command line.
using FlagReader = std::function<absl::Status(const std::string& value)>;

// A flag with one value. `value_name` stands for it in the help. An error of
// the reader becomes a CLI::ValidationError "--flag: message".
CLI::Option* AddFlag(CLI::App* app, const std::string& name,
                     const std::string& value_name, const std::string& help,
                     FlagReader reader);

// The same, allowed more than once.
CLI::Option* AddRepeatedFlag(CLI::App* app, const std::string& name,
                             const std::string& value_name,
                             const std::string& help, FlagReader reader);

// Whole numbers in [min, max]; numbers in [min, max]; one of `choices`.
FlagReader IntegerReader(int64_t min, int64_t max,
                         std::function<void(int64_t)> store);
FlagReader UnsignedReader(std::function<void(uint64_t)> store);
FlagReader NumberReader(double min, double max,
                        std::function<void(double)> store);
FlagReader ChoiceReader(std::vector<std::string> choices,
                        std::function<void(const std::string&)> store);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_OPTIONS_FLAG_HELPERS_H_
