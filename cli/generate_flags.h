// The flags of commands that generate.
#ifndef SPACEMOE_CLI_GENERATE_FLAGS_H_
#define SPACEMOE_CLI_GENERATE_FLAGS_H_

#include <functional>

#include "CLI/CLI.hpp"
#include "cli/generate/outcome.h"
#include "coordinator/options/ring_options.h"

namespace spacemoe {

// --prompt, --chat and --ids, each any number of times, in their order.
void AddPromptFlags(CLI::App* app, GenerateJob* job);

// --max-tokens, --ignore-eos, --temperature, --top-k, --top-p, --seed.
void AddSamplingFlags(CLI::App* app, SequenceSpec* spec);

// All of the ring's. The result says, after parsing, whether one was given.
// The app is borrowed.
std::function<bool()> AddRingFlags(CLI::App* app, RingOptions* ring);

// The same for a command that runs in one process unless a flag is given that
// means nothing there; the result says, after parsing, whether one was. The app
// is borrowed.
std::function<bool()> AddOptionalRingFlags(CLI::App* app, RingOptions* ring);

// "1,2,3"; INVALID_ARGUMENT names what is no token id.
absl::StatusOr<std::vector<int64_t>> ParseIds(const std::string& text);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_FLAGS_H_
