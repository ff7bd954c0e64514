#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/simulate/plot.h"
#include "cli/simulate/report.h"
#include "cli/simulate/setting.h"
#include "cli/simulate/simulate_flags.h"
#include "cli/simulate/sweep.h"
#include "cli/terminal.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe simulate --paper\n"
    "  spacemoe simulate --paper --plot paper.svg --json\n"
    "  spacemoe simulate --sweep flops=1e9,7.28e9,1e11,1e13,1e15 --plot "
    "flops.svg\n"
    "  spacemoe simulate --model models/demo --profile "
    "models/demo/profile.json --flops 20G --strategy spacemoe,compact\n"
    "Exit code 1: no strategy has a plan.\n";

absl::StatusOr<SimulateReport> RunSetting(const SimulateSetting& setting,
                                          const std::string& label) {
  SPACEMOE_ASSIGN_OR_RETURN(const Constellation sky, ConstellationOf(setting));
  SPACEMOE_ASSIGN_OR_RETURN(const Experiment experiment,
                            ExperimentOf(setting, sky));
  SimulateReport report{.setting = setting,
                        .constellation = sky.spec(),
                        .shell = sky.shell(),
                        .horizon_s = experiment.solve.horizon_s};
  StderrProgress progress;
  for (const std::string& strategy : StrategiesOf(setting)) {
    progress.Show(absl::StrCat(label, strategy));
    SPACEMOE_ASSIGN_OR_RETURN(StrategyRun run,
                              RunStrategy(strategy, experiment));
    report.runs.push_back(std::move(run));
  }
  return report;
}

bool AnyPlan(const SimulateReport& report) {
  for (const StrategyRun& run : report.runs) {
    if (run.infeasible.empty()) return true;
  }
  return false;
}

// `report`: of one setting or of a sweep.
template <typename Report>
absl::Status Draw(const Report& report, const SimulateFlags& flags) {
  if (flags.plot.empty()) return absl::OkStatus();
  return RunGnuplot(PlotScript(report, flags.plot));
}

absl::Status RunOne(const SimulateFlags& flags, bool* any) {
  SPACEMOE_ASSIGN_OR_RETURN(SimulateReport report,
                            RunSetting(flags.setting, ""));
  report.paper = flags.paper;
  *any = AnyPlan(report);
  // First, lest a failing plot lose the numbers.
  WriteOut(flags.json ? JsonLine(ReportToJson(report)) : FormatReport(report));
  return *any ? Draw(report, flags) : absl::OkStatus();
}

absl::Status RunSweep(const SimulateFlags& flags, bool* any) {
  SweepReport report;
  SPACEMOE_ASSIGN_OR_RETURN(report.sweep,
                            ParseSweep(flags.sweep, flags.setting));
  for (const SweepPoint& point : report.sweep.points) {
    SPACEMOE_ASSIGN_OR_RETURN(
        SimulateReport one,
        RunSetting(point.setting,
                   absl::StrCat(report.sweep.name, " ", point.label, ": ")));
    one.paper = flags.paper;
    *any |= AnyPlan(one);
    report.points.push_back(std::move(one));
  }
  WriteOut(flags.json ? JsonLine(SweepToJson(report)) : FormatSweep(report));
  return *any ? Draw(report, flags) : absl::OkStatus();
}

absl::Status Simulate(const SimulateFlags& flags, bool* any) {
  if (!flags.plot.empty()) SPACEMOE_RETURN_IF_ERROR(CheckGnuplot());
  SPACEMOE_RETURN_IF_ERROR(CheckWritable("--plot", flags.plot));
  return flags.sweep.empty() ? RunOne(flags, any) : RunSweep(flags, any);
}

int Run(const SimulateFlags& flags) {
  bool any = false;
  const absl::Status status = Simulate(flags, &any);
  if (!status.ok()) return ReportFailure(status);
  return any ? kExitOk : kExitFailed;
}

}  // namespace

CommandBody AddSimulateCommand(CLI::App* app) {
  const auto flags = std::make_shared<SimulateFlags>();
  AddSimulateFlags(app, flags.get());
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
