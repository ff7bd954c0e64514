#include "coordinator/options/ring_options.h"

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "coordinator/options/flag_helpers.h"
#include "placement/presets.h"
#include "placement/strategy.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxExpertsPerSatellite = 1 << 20;

// A preset's name or a file, either with an optional ":N".
absl::Status ReadConstellation(const std::string& text, std::string* out) {
  const std::string name = text.substr(0, text.rfind(':'));
  const std::vector<std::string> presets = PresetNames();
  const auto known = [&](const std::string& candidate) {
    return std::find(presets.begin(), presets.end(), candidate) !=
               presets.end() ||
           std::filesystem::exists(candidate);
  };
  if (!known(text) && !known(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a file or one of the presets ",
                     absl::StrJoin(presets, ", "), ", found '", text, "'"));
  }
  *out = text;
  return absl::OkStatus();
}

std::string Exact(double value) { return absl::StrFormat("%.17g", value); }

}  // namespace

void AddPlanFlags(CLI::App* app, RingOptions* options) {
  PlanOptions* const plan = &options->plan;
  AddFlag(
      app, "--strategy", "NAME",
      absl::StrCat("where the roles go: ", absl::StrJoin(StrategyNames(), ", "),
                   " (default spacemoe)"),
      ChoiceReader(StrategyNames(),
                   [plan](const std::string& name) { plan->strategy = name; }));
  AddSettingFlags(app, options);
}

void AddSettingFlags(CLI::App* app, RingOptions* options) {
  PlanOptions* const plan = &options->plan;
  AddFlag(app, "--constellation", "NAME|FILE",
          "preset or YAML/JSON file, with :N for its N-th shell (default "
          "spacemoe-paper)",
          [plan](const std::string& text) {
            return ReadConstellation(text, &plan->constellation);
          });
  AddFlag(app, "--experts-per-satellite", "N",
          "1: a gateway and an expert satellite for each expert; as many as a "
          "layer has: one satellite a layer (default 1; compact: as many as "
          "pay off)",
          IntegerReader(1, kMaxExpertsPerSatellite, [plan](int64_t n) {
            plan->experts_per_satellite = static_cast<int>(n);
          }));
  AddFlag(app, "--profile", "FILE",
          "activation probabilities from `spacemoe profile` (default: uniform)",
          [plan](const std::string& path) {
            plan->profile = path;
            return absl::OkStatus();
          });
  AddFlag(app, "--epoch-offset", "SECONDS",
          "the constellation's time at the start (default 0)",
          NumberReader(0, std::numeric_limits<double>::infinity(),
                       [plan](double t) { plan->epoch_offset_s = t; }));
  AddFlag(app, "--memory", "BYTES",
          "memory of a satellite, such as 64M (default: no limit)",
          [plan](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(plan->memory_bytes, ParseBytes(text));
            return absl::OkStatus();
          });
  app->add_flag("--mixed-gateways", plan->mixed_gateways,
                "compact: a gateway may hold a part of its layer's experts");
  AddFlag(app, "--copies", "N",
          "compact: satellites that hold the same expert, at most (default 1)",
          IntegerReader(1, 64, [plan](int64_t n) {
            plan->max_copies = static_cast<int>(n);
          }));
  AddFlag(app, "--placement-seed", "N", "of the random strategies (default 0)",
          UnsignedReader([plan](uint64_t seed) { plan->seed = seed; }));
}

void AddPlanSearchFlags(CLI::App* app, RingOptions* options) {
  PlanOptions* const plan = &options->plan;
  AddRepeatedFlag(
      app, "--exclude", "SATELLITE",
      "a satellite that may hold no role; any number of times",
      IntegerReader(0, std::numeric_limits<int>::max(), [plan](int64_t id) {
        plan->excluded.push_back(static_cast<int>(id));
      }));
}

void AddComputeTimeFlag(CLI::App* app, RingOptions* options) {
  AddFlag(app, "--compute", "measured|modelled:FLOPS",
          "what a step takes: this machine's CPU time, or its work over a "
          "satellite's FLOP/s, such as modelled:20G (default measured)",
          [options](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(options->plan.modelled_flops,
                                      ParseCompute(text));
            return absl::OkStatus();
          });
  AddFlag(app, "--role-seconds", "GATEWAY,EXPERT,HEAD",
          "what a row takes each role where compute is measured: plans and "
          "predictions count with it (default: `plan` and `bench` measure it, "
          "other commands plan with 0)",
          [options](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(options->plan.measured,
                                      ParseRoleSeconds(text));
            return absl::OkStatus();
          });
}

void AddComputeFlags(CLI::App* app, RingOptions* options) {
  AddFlag(
      app, "--dtype", "float32|bfloat16",
      "the type that activations are computed in (default float32)",
      ChoiceReader({"float32", "bfloat16"}, [options](const std::string& type) {
        options->plan.bfloat16 = type == "bfloat16";
      }));
  AddFlag(
      app, "--kernel", "native|aten",
      "who multiplies: this project's kernels or ATen (default native)",
      ChoiceReader({"native", "aten"}, [options](const std::string& kernel) {
        options->kernel = kernel;
      }));
}

void AddTimeFlags(CLI::App* app, RingOptions* options) {
  AddFlag(app, "--links", "on|off", "the links' delays (default on)",
          ChoiceReader({"on", "off"}, [options](const std::string& links) {
            options->links = links == "on";
          }));
  AddClockFlag(app, options);
}

void AddClockFlag(CLI::App* app, RingOptions* options) {
  AddFlag(app, "--clock", "real|scaled:F",
          "emulated time is wall time, or wall time x F (default real)",
          [options](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(options->time_scale, ParseClock(text));
            return absl::OkStatus();
          });
}

std::vector<std::string> ToArguments(const RingOptions& options) {
  const PlanOptions& plan = options.plan;
  std::vector<std::string> args = {
      absl::StrCat("--constellation=", plan.constellation),
      absl::StrCat("--strategy=", plan.strategy),
      absl::StrCat("--epoch-offset=", Exact(plan.epoch_offset_s)),
      absl::StrCat("--placement-seed=", plan.seed),
      absl::StrCat("--dtype=", plan.bfloat16 ? "bfloat16" : "float32"),
      absl::StrCat("--kernel=", options.kernel),
      absl::StrCat("--links=", options.links ? "on" : "off"),
      absl::StrCat("--clock=scaled:", Exact(options.time_scale))};
  if (options.trace) args.push_back("--trace");
  if (plan.experts_per_satellite.has_value()) {
    args.push_back(
        absl::StrCat("--experts-per-satellite=", *plan.experts_per_satellite));
  }
  if (plan.mixed_gateways) args.push_back("--mixed-gateways");
  args.push_back(absl::StrCat("--copies=", plan.max_copies));
  if (!plan.profile.empty()) {
    args.push_back(absl::StrCat("--profile=", plan.profile));
  }
  if (plan.memory_bytes.has_value()) {
    args.push_back(absl::StrCat("--memory=", *plan.memory_bytes));
  }
  if (plan.modelled_flops > 0) {
    args.push_back(
        absl::StrCat("--compute=modelled:", Exact(plan.modelled_flops)));
  }
  if (!plan.measured.empty()) {
    args.push_back(absl::StrCat("--role-seconds=", Exact(plan.measured.gateway),
                                ",", Exact(plan.measured.expert), ",",
                                Exact(plan.measured.head)));
  }
  return args;
}

}  // namespace spacemoe
