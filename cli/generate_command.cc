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
#include "cli/generate/remote_run.h"
#include "cli/generate/ring_run.h"
#include "cli/generate/summary_table.h"
#include "cli/generate/trace_run.h"
#include "cli/generate_flags.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/address.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/tls_flags.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe generate --model models/demo --chat \"What is an orbit?\"\n"
    "  spacemoe generate --model models/demo --prompt \"Once upon a time\" "
    "--local --json\n"
    "  spacemoe generate --coordinator coordinator:7300 --chat \"Hello\" \\\n"
    "    --tls-ca ca.pem --tls-cert cert.pem --tls-key key.pem\n"
    "  spacemoe generate --model mixtral/ --ids 1,5,9 --ids 1,7 --parallel 2 "
    "--links off\n"
    "  spacemoe generate --model models/demo --chat \"Hello\" --trace "
    "trace.json.gz\n";

struct Flags {
  GenerateJob job;
  RingOptions ring;
  std::string coordinator;  // empty: a ring of this machine's own
  absl::Duration patience = kConnectTimeout;
  TlsFlags tls;
  std::string trace;  // path; empty: none
  bool local = false;
  bool json = false;
};

absl::StatusOr<GenerateOutcome> Generate(const Flags& flags,
                                         ProcessGuard* guard,
                                         const TextCallback& on_text) {
  if (flags.local) return GenerateLocally(flags.job, flags.ring, on_text);
  if (!flags.coordinator.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(
        auto identity,
        IdentityFor(flags.tls, NodeRole::kClient, {flags.coordinator}));
    return GenerateRemotely(flags.coordinator, std::move(identity),
                            flags.patience, flags.job, on_text);
  }
  RingOptions ring = flags.ring;
  std::unique_ptr<TraceFile> trace;
  if (!flags.trace.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(trace, TraceFile::Create(flags.trace));
    ring.trace = true;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<RingRun> run,
                            RingRun::Start(flags.job.model, ring, guard));
  SPACEMOE_ASSIGN_OR_RETURN(GenerateOutcome outcome,
                            run->Generate(flags.job, on_text));
  if (trace != nullptr)
    SPACEMOE_RETURN_IF_ERROR(WriteTrace(run.get(), trace.get()));
  return outcome;
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

// The model and the plan are here, or a coordinator has them.
void CheckPlace(const Flags& flags, bool ring_flags) {
  if (flags.coordinator.empty()) {
    if (!flags.job.model.empty()) return;
    throw CLI::ValidationError("expected --model PATH, or --coordinator");
  }
  if (!flags.job.model.empty() || flags.local || ring_flags ||
      !flags.trace.empty()) {
    throw CLI::ValidationError(
        "--coordinator: the model and the ring are the coordinator's; expected "
        "none of --model, --local, --trace and the ring's flags beside it");
  }
  if (const auto address = ParseAddress(flags.coordinator); !address.ok()) {
    throw CLI::ValidationError(absl::StrCat(
        "--coordinator: ", std::string(address.status().message())));
  }
}

int Run(const Flags& flags, bool ring_flags, ProcessGuard* guard) {
  CheckPlace(flags, ring_flags);
  if (flags.job.prompts.empty()) {
    throw CLI::ValidationError(
        "expected a prompt: --prompt TEXT, --chat TEXT or --ids 1,2,3");
  }
  if (flags.local && !flags.trace.empty()) {
    throw CLI::ValidationError(
        "--trace shows satellites: expected no --local beside it");
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
    WriteOut(JsonLine(OutcomeToJson(*outcome)));
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
  AddModelFlag(app, &flags->job.model)->required(false);
  app->add_option("--coordinator", flags->coordinator,
                  "generate on the ring of a coordinator that runs already")
      ->type_name("ADDRESS");
  AddFlag(app, "--connect-timeout", "SECONDS",
          "how long to wait for the coordinator (default 20)",
          NumberReader(0.1, 86400,
                       [flags](double seconds) {
                         flags->patience = absl::Seconds(seconds);
                       }))
      ->envname("SPACEMOE_CONNECT_TIMEOUT");
  AddTlsFlags(app, &flags->tls);
  AddPromptFlags(app, &flags->job);
  AddSamplingFlags(app, &flags->job.spec);
  AddFlag(app, "--parallel", "N", "sequences in flight (default: all)",
          IntegerReader(1, 1 << 20, [flags](int64_t n) {
            flags->job.parallel = static_cast<int>(n);
          }));
  app->add_flag("--local", flags->local, "one process, no ring");
  const auto ring_flags = AddRingFlags(app, &flags->ring);
  AddTraceFlag(app, &flags->trace);
  app->add_flag("--json", flags->json, "print one JSON object");
  app->footer(kExamples);
  return [flags, ring_flags](ProcessGuard* guard) {
    return Run(*flags, ring_flags(), guard);
  };
}

}  // namespace spacemoe
