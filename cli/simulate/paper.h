// The figures that the SpaceMoE paper publishes.
#ifndef SPACEMOE_CLI_SIMULATE_PAPER_H_
#define SPACEMOE_CLI_SIMULATE_PAPER_H_

#include <optional>
#include <string>
#include <string_view>

#include "cli/simulate/setting.h"

namespace spacemoe {

// Seconds a token; nullopt: the paper has no such strategy.
std::optional<double> PublishedSeconds(std::string_view strategy);

// The paper's setting, as far as it is known: 33 x 32 satellites at 550 km and
// 87 degrees, 200 slots of an orbit, links that survive with 0.95, no
// processing on the way, satellites of 7.28 GFLOP/s, LLaMA-MoE-3.5B.
void SetPaper(SimulateSetting* setting);

// What is known and what is not of how the paper counts, for people.
std::string PaperNotes();

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_SIMULATE_PAPER_H_
