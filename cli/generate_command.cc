#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "cli/generate/local_run.h"
#include "cli/generate/outcome_json.h"
#include "cli/generate/ring_run.h"
#include "cli/generate/summary_table.h"
#include "cli/generate_flags.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe generate --model models/demo --chat \"What is an orbit?\"\n"
    "  spacemoe generate --model models/demo --prompt \"Once upon a time\" "
    "--local --json\n"
    "  spacemoe generate --model mixtral/ --ids 1,5,9 --ids 1,7 --parallel 2 "
    "--links off\n";

struct Flags {
  GenerateJob job;
  RingOptions ring;
  bool local = false;
  bool json = false;
};

absl::StatusOr<GenerateOutcome> Generate(const Flags& flags,
                                         ProcessGuard* guard,
                                         const TextCallback& on_text) {
  if (flags.local) return GenerateLocally(flags.job, flags.ring, on_text);
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<RingRun> run,
                            RingRun::Start(flags.job.model, flags.ring, guard));
  return run->Generate(flags.job, on_text);
}

// The text, or the ids where there is no tokenizer.
std::string TextOf(const SequenceOutcome& sequence) {
  if (sequence.text.has_value()) return *sequence.text;
  return absl::StrJoin(sequence.ids, ",");
}

void PrintTexts(const GenerateOutcome& outcome, bool streamed) {
  if (streamed) {
    WriteOut("\n");
    return;
  }
  for (const SequenceOutcome& sequence : outcome.sequences) {
    WriteOut(absl::StrCat(TextOf(sequence), "\n"));
  }
}

int Run(const Flags& flags, ProcessGuard* guard) {
  if (flags.job.prompts.empty()) {
    throw CLI::ValidationError(
        "expected a prompt: --prompt TEXT, --chat TEXT or --ids 1,2,3");
  }
  bool streamed = false;
  TextCallback stream;
  if (!flags.json && StdoutIsTerminal() && flags.job.prompts.size() == 1) {
    stream = [&streamed](size_t, const std::string& text) {
      WriteOut(text);
      streamed = true;
    };
  }
  const auto outcome = Generate(flags, guard, stream);
  if (!outcome.ok()) {
    if (streamed) WriteOut("\n");
    return ReportFailure(outcome.status());
  }
  if (flags.json) {
    WriteOut(absl::StrCat(OutcomeToJson(*outcome).dump(), "\n"));
    return kExitOk;
  }
  PrintTexts(*outcome, streamed);
  if (StderrIsTerminal()) WriteError(SummaryTable(*outcome));
  return kExitOk;
}

}  // namespace

CLI::Option* AddModelFlag(CLI::App* app, std::string* model) {
  return app
      ->add_option("--model", *model, "a GGUF file or a Hugging Face folder")
      ->type_name("PATH")
      ->required();
}

CommandBody AddGenerateCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(app, &flags->job.model);
  AddPromptFlags(app, &flags->job);
  AddSamplingFlags(app, &flags->job.spec);
  AddFlag(app, "--parallel", "N", "sequences in flight (default: all)",
          IntegerReader(1, 1 << 20, [flags](int64_t n) {
            flags->job.parallel = static_cast<int>(n);
          }));
  app->add_flag("--local", flags->local, "one process, no ring");
  AddRingFlags(app, &flags->ring);
  app->add_flag("--json", flags->json, "print one JSON object");
  app->footer(kExamples);
  return [flags](ProcessGuard* guard) { return Run(*flags, guard); };
}

}  // namespace spacemoe
