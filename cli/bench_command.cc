#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/bench/latency_bench.h"
#include "cli/bench/latency_flags.h"
#include "cli/bench/latency_output.h"
#include "cli/bench/prompts.h"
#include "cli/bench/reference.h"
#include "cli/bench/strategy_bench.h"
#include "cli/calibrate.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/simulate/plot.h"
#include "cli/terminal.h"
#include "models/checkpoint/checkpoint.h"
#include "placement/constellation_file.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe bench latency --model models/demo --profile "
    "models/demo/profile.json --compute modelled:20G\n"
    "  spacemoe bench latency --model models/demo --strategy spacemoe,compact "
    "--max-tokens 48 --plot live.svg --report live.md\n"
    "  spacemoe bench latency --model models/demo --prompts prompts.txt "
    "--clock scaled:2 --json\n"
    "Runs for minutes: a random placement takes seconds a token. Exit code 1: "
    "no strategy ran, or a text was not that of one process.\n";

absl::Status CheckOutputs(const LatencyFlags& flags) {
  if (!flags.plot.empty()) SPACEMOE_RETURN_IF_ERROR(CheckGnuplot());
  SPACEMOE_RETURN_IF_ERROR(CheckWritable("--plot", flags.plot));
  return CheckWritable("--report", flags.report);
}

std::vector<BenchText> TextsOf(const GenerateJob& job,
                               const std::vector<ReferenceText>& reference) {
  std::vector<BenchText> texts;
  for (size_t i = 0; i < reference.size(); ++i) {
    const ReferenceText& one = reference[i];
    texts.push_back({PromptText(job.prompts[i]),
                     static_cast<int64_t>(one.prompt_ids.size()), one.ids,
                     one.text.value_or(absl::StrJoin(one.ids, ","))});
  }
  return texts;
}

// All but the strategies; what stands in `flags` for them.
absl::StatusOr<std::vector<ReferenceText>> Prepare(LatencyFlags* flags,
                                                   LatencyBench* bench) {
  bench->machine = ThisMachine();
  bench->command = ThisCommand();
  const PlanOptions& plan = flags->ring.plan;
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(flags->job.model));
  SPACEMOE_ASSIGN_OR_RETURN(const Constellation sky,
                            OpenConstellation(plan.constellation));
  SPACEMOE_RETURN_IF_ERROR(MeasureIfUnknown(*checkpoint, &flags->ring));
  SPACEMOE_ASSIGN_OR_RETURN(std::vector<ReferenceText> reference,
                            RunReference(flags->job, *checkpoint, flags->ring));
  bench->model = flags->job.model;
  bench->ring = flags->ring;
  bench->constellation = sky.Label();
  bench->activation = plan.profile.empty() ? "uniform" : plan.profile;
  bench->temperature = flags->job.spec.sampling.temperature;
  bench->sampling_seed = flags->job.spec.sampling.seed;
  bench->texts = TextsOf(flags->job, reference);
  return reference;
}

// After an error `bench` has the strategies that ran before it.
absl::Status Measure(LatencyFlags flags, ProcessGuard* guard,
                     LatencyBench* bench) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<ReferenceText> reference,
                            Prepare(&flags, bench));
  for (const std::string& strategy : StrategiesOf(flags)) {
    StderrProgress progress;
    progress.Show(absl::StrCat(strategy, ": ", bench->texts.size(), " texts"));
    SPACEMOE_ASSIGN_OR_RETURN(
        StrategyBench one,
        BenchStrategy(strategy, flags.job, flags.ring, reference, guard));
    bench->strategies.push_back(std::move(one));
  }
  return absl::OkStatus();
}

bool AnyRan(const LatencyBench& bench) {
  for (const StrategyBench& one : bench.strategies) {
    if (one.ran()) return true;
  }
  return false;
}

// The figure as the report's page sees it.
std::string FigurePath(const LatencyFlags& flags) {
  if (flags.plot.empty()) return "";
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::absolute(flags.report, error).parent_path();
  return std::filesystem::proximate(flags.plot, folder, error).string();
}

absl::Status WriteReport(const LatencyBench& bench, const LatencyFlags& flags) {
  if (flags.report.empty()) return absl::OkStatus();
  std::ofstream file(flags.report, std::ios::binary);
  file << LatencyBenchToMarkdown(bench, FigurePath(flags));
  file.close();
  if (file.good()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--report: cannot write ", flags.report));
}

absl::Status WriteAll(const LatencyBench& bench, const LatencyFlags& flags) {
  // First, lest a figure's failure lose what took minutes.
  WriteOut(flags.json ? JsonLine(LatencyBenchToJson(bench))
                      : FormatLatencyBench(bench));
  if (AnyRan(bench) && !flags.plot.empty()) {
    SPACEMOE_RETURN_IF_ERROR(RunGnuplot(LatencyPlotScript(bench, flags.plot)));
  }
  return WriteReport(bench, flags);
}

// Where a strategy fails, those that ran before it are written all the same.
absl::Status Bench(const LatencyFlags& flags, ProcessGuard* guard, bool* any) {
  SPACEMOE_RETURN_IF_ERROR(CheckOutputs(flags));
  LatencyBench bench;
  absl::Status status = Measure(flags, guard, &bench);
  *any = AnyRan(bench);
  if (status.ok() || *any) status.Update(WriteAll(bench, flags));
  return status;
}

int Run(LatencyFlags flags, ProcessGuard* guard) {
  if (flags.job.prompts.empty()) flags.job.prompts = BuiltInPrompts();
  bool any = false;
  const absl::Status status = Bench(flags, guard, &any);
  if (!status.ok()) return ReportFailure(status);
  return any ? kExitOk : kExitFailed;
}

}  // namespace

CommandBody AddBenchCommand(CLI::App* app) {
  const auto flags = std::make_shared<LatencyFlags>();
  CLI::App* const latency = app->add_subcommand(
      "latency",
      "A token's latency on live satellites beside the simulator's, for "
      "several strategies of placement");
  AddLatencyFlags(latency, flags.get());
  latency->footer(kExamples);
  app->require_subcommand(1);
  app->footer("Example: spacemoe bench latency --help\n");
  return [flags](ProcessGuard* guard) { return Run(*flags, guard); };
}

}  // namespace spacemoe
