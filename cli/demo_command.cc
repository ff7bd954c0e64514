#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command.h"
#include "cli/generate/ring_run.h"
#include "cli/generate/summary_table.h"
#include "cli/generate/trace_run.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kQuestion[] =
    "Write a short story about a satellite that learns to sing.";

struct Flags {
  std::string model;
  std::string chat = kQuestion;
  int64_t max_tokens = 96;
  RingOptions ring;
  std::string trace;  // path; empty: none
};

// models/demo of the checkout that build/<preset>/bin lies in, or beside the
// programs of an installation.
absl::StatusOr<std::string> FindDemoModel() {
  std::error_code error;
  const std::filesystem::path bin =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const std::vector<std::filesystem::path> candidates = {
      bin / "../../../models/demo", bin / "../share/spacemoe/demo",
      "models/demo"};
  for (const auto& candidate : candidates) {
    if (std::filesystem::is_directory(candidate, error)) {
      return std::filesystem::canonical(candidate, error).string();
    }
  }
  return absl::NotFoundError(
      "the demo checkpoint is not there; expected the folder models/demo of "
      "the source tree, or --model PATH");
}

std::string Headline(const RingRun& run) {
  const Plan& plan = run.plan();
  return absl::StrFormat(
      "%d satellites of %s (%d planes x %d, %.0f km): %d layers, %d experts "
      "each\nready in %.1f s, a token has gone round\n\n",
      plan.size(), plan.constellation.Label(), plan.constellation.planes(),
      plan.constellation.satellites_per_plane(),
      plan.constellation.shell().altitude_km, run.checkpoint().config().layers,
      run.checkpoint().config().experts, run.startup_seconds());
}

absl::Status Show(Flags flags, ProcessGuard* guard) {
  if (flags.model.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(flags.model, FindDemoModel());
  }
  const std::string profile =
      (std::filesystem::path(flags.model) / "profile.json").string();
  if (flags.ring.plan.profile.empty() && std::filesystem::exists(profile)) {
    flags.ring.plan.profile = profile;
  }
  std::unique_ptr<TraceFile> trace;
  if (!flags.trace.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(trace, TraceFile::Create(flags.trace));
    flags.ring.trace = true;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<RingRun> run,
                            RingRun::Start(flags.model, flags.ring, guard));
  WriteError(absl::StrCat(Headline(*run), "> ", flags.chat, "\n\n"));
  GenerateJob job;
  job.prompts = {ChatPrompt{{{"user", flags.chat}}}};
  job.spec.max_tokens = flags.max_tokens;
  const auto outcome = run->Generate(
      job, [](size_t, const std::string& text) { WriteOut(text); });
  WriteOut("\n");
  SPACEMOE_RETURN_IF_ERROR(outcome.status());
  WriteError(SummaryTable(*outcome));
  return trace == nullptr ? absl::OkStatus()
                          : WriteTrace(run.get(), trace.get());
}

int Run(const Flags& flags, ProcessGuard* guard) {
  const absl::Status status = Show(flags, guard);
  return status.ok() ? kExitOk : ReportFailure(status);
}

}  // namespace

CommandBody AddDemoCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  app->add_option("--model", flags->model,
                  "a checkpoint with a chat template (default: models/demo)")
      ->type_name("PATH");
  app->add_option("--chat", flags->chat, "what to ask")->type_name("TEXT");
  AddFlag(
      app, "--max-tokens", "N", "tokens of the answer (default 96)",
      IntegerReader(1, 1 << 20, [flags](int64_t n) { flags->max_tokens = n; }));
  AddPlanFlags(app, &flags->ring);
  AddComputeTimeFlag(app, &flags->ring);
  AddTimeFlags(app, &flags->ring);
  AddComputeFlags(app, &flags->ring);
  AddTraceFlag(app, &flags->trace);
  app->footer("Example: spacemoe demo --chat \"Why is the sky blue?\"\n");
  return [flags](ProcessGuard* guard) { return Run(*flags, guard); };
}

}  // namespace spacemoe
