#include "cli/simulate/simulate_flags.h"

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/simulate/paper.h"
#include "cli/simulate/sweep.h"
#include "coordinator/options/flag_helpers.h"
#include "coordinator/options/ring_options.h"
#include "placement/strategy.h"
#include "placement/topology.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kAnyInteger = std::numeric_limits<int>::max();

FlagReader IntReader(int least, int most, int* out) {
  return IntegerReader(least, most,
                       [out](int64_t n) { *out = static_cast<int>(n); });
}

FlagReader DoubleReader(double least, double most, double* out) {
  return NumberReader(least, most, [out](double value) { *out = value; });
}

FlagReader OptionalDouble(double least, double most,
                          std::optional<double>* out) {
  return NumberReader(least, most, [out](double value) { *out = value; });
}

FlagReader OptionalInt(int most, std::optional<int>* out) {
  return IntegerReader(1, most,
                       [out](int64_t n) { *out = static_cast<int>(n); });
}

// Sets a field of the topology if the whole is then valid.
FlagReader TopologyReader(TopologySpec* topology, double TopologySpec::*field) {
  return [=](const std::string& text) -> absl::Status {
    double value = 0;
    if (!absl::SimpleAtod(text, &value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected a number, found '", text, "'"));
    }
    TopologySpec changed = *topology;
    changed.*field = value;
    SPACEMOE_RETURN_IF_ERROR(ValidateTopology(changed));
    *topology = changed;
    return absl::OkStatus();
  };
}

absl::Status ReadStrategies(const std::string& text,
                            std::vector<std::string>* strategies) {
  for (const absl::string_view name : absl::StrSplit(text, ',')) {
    SPACEMOE_RETURN_IF_ERROR(FindStrategy(std::string(name)).status());
    strategies->emplace_back(name);
  }
  return absl::OkStatus();
}

void AddSkyFlags(CLI::App* app, SimulateSetting* s) {
  AddFlag(app, "--constellation", "NAME|FILE",
          "preset or YAML/JSON file, with :N for its N-th shell (default "
          "spacemoe-paper)",
          [s](const std::string& text) {
            s->constellation = text;
            return absl::OkStatus();
          });
  AddFlag(app, "--altitude", "KM", "instead of the shell's",
          OptionalDouble(1, 1e5, &s->altitude_km));
  AddFlag(app, "--inclination", "DEGREES", "instead of the shell's",
          OptionalDouble(0, 180, &s->inclination_deg));
  AddFlag(app, "--planes", "N", "instead of the shell's",
          OptionalInt(100'000, &s->planes));
  AddFlag(app, "--satellites-per-plane", "N", "instead of the shell's",
          OptionalInt(100'000, &s->satellites_per_plane));
  AddFlag(app, "--processing", "MS", "of each hop, instead of the links'",
          OptionalDouble(0, 1e6, &s->processing_ms));
  AddFlag(app, "--survival", "P",
          "probability that a link is up (default 0.95)",
          TopologyReader(&s->topology, &TopologySpec::survival));
  AddFlag(app, "--polar-cut", "DEGREES",
          "no links between planes above this latitude (default 90: none cut)",
          TopologyReader(&s->topology, &TopologySpec::polar_cut_deg));
  AddFlag(app, "--tracking-limit", "RAD/S",
          "no link whose line of sight turns faster (default 0: no limit)",
          TopologyReader(&s->topology, &TopologySpec::tracking_limit_rad_s));
  AddFlag(app, "--slots", "N", "topologies (default 200)",
          IntReader(1, 1'000'000, &s->slots));
  AddFlag(app, "--start", "SECONDS", "the constellation's time (default 0)",
          DoubleReader(0, 1e10, &s->start_time_s));
  AddFlag(app, "--horizon", "SECONDS",
          "that the slots span (default: an orbit)",
          OptionalDouble(0, 1e10, &s->horizon_s));
}

void AddModelFlags(CLI::App* app, SimulateSetting* s) {
  ModelDimensions* const d = &s->dimensions;
  app->add_option("--model", s->model,
                  "a checkpoint, instead of the dimensions below")
      ->type_name("PATH");
  AddFlag(app, "--layers", "N", "default 32, as LLaMA-MoE-3.5B",
          IntReader(1, 10'000, &d->layers));
  AddFlag(app, "--experts", "N", "of a layer (default 8)",
          IntReader(1, 1024, &d->experts));
  AddFlag(app, "--top-k", "N", "selected experts (default 2)",
          IntReader(1, 1024, &d->top_k));
  AddFlag(app, "--hidden", "N", "default 4096",
          IntegerReader(1, 1 << 24, [d](int64_t n) { d->hidden = n; }));
  AddFlag(app, "--expert-width", "N", "default 1376",
          IntegerReader(1, 1 << 24, [d](int64_t n) { d->expert_width = n; }));
  AddFlag(app, "--keys", "N",
          "in the KV cache, whose attention is computed (default 0)",
          IntegerReader(0, 1 << 24, [d](int64_t n) { d->keys = n; }));
  app->add_option("--profile", s->profile,
                  "activation statistics (default: synthetic)")
      ->type_name("FILE");
  AddFlag(app, "--skew", "X",
          "of synthetic experts: deviation of the weights' logarithms (default "
          "0.4)",
          DoubleReader(0, 10, &s->skew));
  AddFlag(app, "--coupling", "X",
          "of synthetic pairs of experts, likewise (default 0)",
          DoubleReader(0, 10, &s->coupling));
  AddFlag(app, "--flops", "FLOP/S", "of a satellite (default 7.28e9)",
          [s](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(s->satellite_flops, ParseAmount(text));
            return absl::OkStatus();
          });
}

void AddPlacementFlags(CLI::App* app, SimulateSetting* s) {
  AddFlag(app, "--strategy", "NAME[,NAME...]",
          absl::StrCat("of ", absl::StrJoin(StrategyNames(), ", "),
                       " (default: all)"),
          [s](const std::string& text) {
            return ReadStrategies(text, &s->strategies);
          });
  AddFlag(app, "--experts-per-satellite", "N",
          "default 1; compact: as many as pay off",
          OptionalInt(1 << 20, &s->experts_per_satellite));
  app->add_flag("--mixed-gateways", s->mixed_gateways,
                "compact: a gateway may hold a part of its layer's experts");
  AddFlag(app, "--copies", "N",
          "compact: satellites that hold the same expert, at most (default 1)",
          IntReader(1, 64, &s->max_copies));
  AddFlag(app, "--memory", "BYTES", "of a satellite (default: no limit)",
          [s](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(s->memory_bytes, ParseBytes(text));
            return absl::OkStatus();
          });
  AddRepeatedFlag(app, "--exclude", "SATELLITE",
                  "that may hold no role; any number of times",
                  IntegerReader(0, kAnyInteger, [s](int64_t id) {
                    s->excluded.push_back(static_cast<int>(id));
                  }));
}

void AddRunFlags(CLI::App* app, SimulateSetting* s) {
  AddFlag(app, "--disconnected", "skip|wait|penalty:MS",
          "tokens of slots without a route: left out, wait for the next slot "
          "with one, or take so much longer (default skip)",
          [s](const std::string& text) {
            return ParseDisconnected(text, &s->simulation);
          });
  AddFlag(app, "--tokens-in-flight", "N", "at once on the ring (default 1)",
          IntReader(1, 1'000'000, &s->simulation.tokens_in_flight));
  AddFlag(app, "--tokens-per-slot", "N",
          "drawn for the percentiles (default 50)",
          IntReader(1, 10'000'000, &s->simulation.tokens_per_slot));
  AddFlag(app, "--seeds", "N", "runs of each strategy (default 5)",
          IntReader(1, 100'000, &s->seeds));
  AddFlag(app, "--seed", "N", "the first of them (default 1)",
          UnsignedReader([s](uint64_t seed) { s->first_seed = seed; }));
}

}  // namespace

absl::Status ParseDisconnected(std::string_view text,
                               SimulationOptions* simulation) {
  constexpr std::string_view kPenalty = "penalty:";
  if (text == "skip" || text == "wait") {
    simulation->disconnected =
        text == "skip" ? DisconnectedRule::kSkip : DisconnectedRule::kWait;
    return absl::OkStatus();
  }
  double ms = 0;
  if (text.starts_with(kPenalty) &&
      absl::SimpleAtod(std::string(text.substr(kPenalty.size())), &ms) &&
      ms >= 0 && std::isfinite(ms)) {
    simulation->disconnected = DisconnectedRule::kPenalty;
    simulation->penalty_ms = ms;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "expected skip, wait or penalty:MS, found '", std::string(text), "'"));
}

void AddSimulateFlags(CLI::App* app, SimulateFlags* flags) {
  app->add_flag_callback(
      "--paper",
      [flags] {
        flags->paper = true;
        SetPaper(&flags->setting);
      },
      "the paper's setting, its figures beside ours");
  AddSkyFlags(app, &flags->setting);
  AddModelFlags(app, &flags->setting);
  AddPlacementFlags(app, &flags->setting);
  AddRunFlags(app, &flags->setting);
  AddFlag(app, "--sweep", "NAME=V,V,...",
          "one table for several values of altitude, inclination, size (such "
          "as 33x32), survival, polar-cut, skew, flops or tokens",
          [flags](const std::string& text) {
            flags->sweep = text;
            return ParseSweep(text, flags->setting).status();
          });
  app->add_flag("--json", flags->json, "print one JSON object");
  app->add_option("--plot", flags->plot, "draw a figure (needs gnuplot)")
      ->type_name("FILE.svg");
}

}  // namespace spacemoe
