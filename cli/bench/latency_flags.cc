#include "cli/bench/latency_flags.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/bench/prompts.h"
#include "cli/command.h"
#include "cli/generate_flags.h"
#include "cli/simulate/setting.h"
#include "coordinator/options/flag_helpers.h"
#include "placement/strategy.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// A random placement takes seconds a token.
constexpr int64_t kTokens = 16;

absl::Status AddStrategies(const std::string& text,
                           std::vector<std::string>* strategies) {
  for (const absl::string_view piece : absl::StrSplit(text, ',')) {
    const std::string name(piece);
    SPACEMOE_RETURN_IF_ERROR(FindStrategy(name).status());
    if (std::find(strategies->begin(), strategies->end(), name) !=
        strategies->end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "expected each strategy once, found '", name, "' again"));
    }
    strategies->push_back(name);
  }
  return absl::OkStatus();
}

absl::Status AddPromptsOf(const std::string& path,
                          std::vector<Prompt>* prompts) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<Prompt> more, ReadPrompts(path));
  prompts->insert(prompts->end(), more.begin(), more.end());
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> StrategiesOf(const LatencyFlags& flags) {
  if (!flags.strategies.empty()) return flags.strategies;
  return StrategiesOf(SimulateSetting{});
}

void AddLatencyFlags(CLI::App* app, LatencyFlags* flags) {
  flags->job.parallel = 1;
  flags->job.spec.max_tokens = kTokens;
  AddModelFlag(app, &flags->job.model);
  AddFlag(app, "--strategy", "NAME[,NAME...]",
          absl::StrCat("of ", absl::StrJoin(StrategyNames(), ", "),
                       " (default: all)"),
          [flags](const std::string& text) {
            return AddStrategies(text, &flags->strategies);
          });
  AddPromptFlags(app, &flags->job);
  AddRepeatedFlag(app, "--prompts", "FILE",
                  "a text file with a prompt on each line; - is stdin (without "
                  "any prompt: three beginnings of stories)",
                  [flags](const std::string& path) {
                    return AddPromptsOf(path, &flags->job.prompts);
                  });
  AddSamplingFlags(app, &flags->job.spec);
  AddSettingFlags(app, &flags->ring);
  AddComputeTimeFlag(app, &flags->ring);
  AddClockFlag(app, &flags->ring);
  AddComputeFlags(app, &flags->ring);
  app->add_flag("--json", flags->json, "print one JSON object");
  app->add_option("--plot", flags->plot, "draw a figure (needs gnuplot)")
      ->type_name("FILE.svg");
  app->add_option("--report", flags->report, "write a report in Markdown")
      ->type_name("FILE.md");
}

}  // namespace spacemoe
