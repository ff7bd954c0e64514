#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/calibrate.h"
#include "cli/command.h"
#include "cli/generate_flags.h"
#include "cli/terminal.h"
#include "coordinator/planning/plan.h"
#include "models/checkpoint/checkpoint.h"
#include "placement/plan_json.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe plan --model models/demo\n"
    "  spacemoe plan --model models/demo --constellation starlink-s1 "
    "--compute modelled:20G\n"
    "  spacemoe plan --model models/demo --strategy random --placement-seed 7 "
    "--json\n"
    "  spacemoe plan --model models/demo --strategy compact --compute "
    "modelled:20G\n"
    "Exit code 1: the plan does not fit; the reason is printed.\n";

struct Flags {
  std::string model;
  RingOptions ring;
  bool json = false;
};

absl::StatusOr<Plan> MakeMeasuredPlan(const Checkpoint& checkpoint,
                                      RingOptions ring) {
  SPACEMOE_RETURN_IF_ERROR(MeasureIfUnknown(checkpoint, &ring));
  return MakePlan(checkpoint, ring.plan);
}

absl::Status Print(const Flags& flags, bool* fits) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(flags.model));
  SPACEMOE_ASSIGN_OR_RETURN(const Plan plan,
                            MakeMeasuredPlan(*checkpoint, flags.ring));
  SPACEMOE_ASSIGN_OR_RETURN(const PlanReport report, ReportOf(plan, true));
  *fits = plan.result.feasible();
  if (flags.json) {
    WriteOut(JsonLine(PlanToJson(report)));
    return absl::OkStatus();
  }
  WriteOut(FormatPlan(report));
  WriteNote(plan.note);
  return absl::OkStatus();
}

int Run(const Flags& flags) {
  bool fits = false;
  const absl::Status status = Print(flags, &fits);
  if (!status.ok()) return ReportFailure(status);
  return fits ? kExitOk : kExitFailed;
}

}  // namespace

CommandBody AddPlanCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(app, &flags->model);
  AddPlanFlags(app, &flags->ring);
  AddPlanSearchFlags(app, &flags->ring);
  AddComputeTimeFlag(app, &flags->ring);
  AddComputeFlags(app, &flags->ring);
  app->add_flag("--json", flags->json, "print one JSON object");
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
