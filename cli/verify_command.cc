#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/generate/local_run.h"
#include "cli/generate/ring_run.h"
#include "cli/generate_flags.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "cli/verify/compare_layers.h"
#include "cli/verify/comparison.h"
#include "cli/verify/expected_set.h"
#include "cli/verify/observed.h"
#include "coordinator/core/request_check.h"
#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/unused_tensors.h"
#include "models/engine/local_engine.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe verify --model mixtral/ --expected mixtral-expected/\n"
    "  spacemoe verify --model mixtral/ --expected mixtral-expected/ --links "
    "off\n"
    "tools/make_expected.py makes such a folder from any checkpoint with "
    "transformers.\n"
    "Any of the ring's flags takes the ring for logits and continuation; "
    "hidden "
    "states\nand routing are looked at in this process, which runs the same "
    "roles.\n";

struct Flags {
  std::string model;
  std::string expected;
  RingOptions ring;
  // Logits are in standard deviations of the prompt's logits, hidden states in
  // units of their layer's standard deviation where that is above 1.
  double logits_tolerance = 2e-4;
  double hidden_tolerance = 1e-4;
  double weights_tolerance = 1e-5;
};

// Where logits and continuations come from.
class Runner {
 public:
  virtual ~Runner() = default;
  virtual absl::StatusOr<std::vector<float>> Logits(
      const std::vector<int64_t>& ids) = 0;
  virtual absl::StatusOr<std::vector<std::vector<int64_t>>> Continue(
      const std::vector<ExpectedPrompt>& prompts) = 0;
};

class LocalRunner : public Runner {
 public:
  explicit LocalRunner(LocalEngine* engine) : engine_(*engine) {}

  absl::StatusOr<std::vector<float>> Logits(
      const std::vector<int64_t>& ids) override {
    return engine_.Logits(ids);
  }

  absl::StatusOr<std::vector<std::vector<int64_t>>> Continue(
      const std::vector<ExpectedPrompt>& prompts) override {
    std::vector<LocalRequest> requests;
    for (const ExpectedPrompt& prompt : prompts) {
      LocalRequest request;
      request.prompt = prompt.ids;
      request.max_tokens = static_cast<int64_t>(prompt.continuation.size());
      request.ignore_eos = true;
      requests.push_back(std::move(request));
    }
    SPACEMOE_ASSIGN_OR_RETURN(const auto results,
                              engine_.Generate(requests, 0, nullptr));
    std::vector<std::vector<int64_t>> all;
    for (const LocalResult& result : results) all.push_back(result.ids);
    return all;
  }

 private:
  LocalEngine& engine_;
};

class RingRunner : public Runner {
 public:
  explicit RingRunner(std::unique_ptr<RingRun> run) : run_(std::move(run)) {}

  absl::StatusOr<std::vector<float>> Logits(
      const std::vector<int64_t>& ids) override {
    return run_->Logits(ids);
  }

  absl::StatusOr<std::vector<std::vector<int64_t>>> Continue(
      const std::vector<ExpectedPrompt>& prompts) override {
    GenerateJob job;
    job.spec.ignore_eos = true;
    job.spec.max_tokens = 1;
    for (const ExpectedPrompt& prompt : prompts) {
      job.prompts.push_back(TokenPrompt{prompt.ids});
      job.spec.max_tokens =
          std::max(job.spec.max_tokens,
                   static_cast<int64_t>(prompt.continuation.size()));
    }
    SPACEMOE_ASSIGN_OR_RETURN(const GenerateOutcome outcome,
                              run_->Generate(job, nullptr));
    std::vector<std::vector<int64_t>> all;
    for (size_t i = 0; i < prompts.size(); ++i) {
      std::vector<int64_t> ids = outcome.sequences[i].ids;
      ids.resize(std::min(ids.size(), prompts[i].continuation.size()));
      all.push_back(std::move(ids));
    }
    return all;
  }

 private:
  const std::unique_ptr<RingRun> run_;
};

absl::StatusOr<Comparison> CompareLogits(const ExpectedSet& expected,
                                         const Flags& flags, int64_t vocab,
                                         Runner* runner) {
  ErrorMeter meter;
  for (size_t i = 0; i < expected.prompts().size(); ++i) {
    const std::string name = absl::StrCat("prompt", i, ".logits");
    SPACEMOE_ASSIGN_OR_RETURN(const auto wanted, expected.Floats(name));
    SPACEMOE_ASSIGN_OR_RETURN(const auto found,
                              runner->Logits(expected.prompts()[i].ids));
    const double unit = StandardDeviation(wanted);
    meter.Add(name, found, wanted, vocab, unit > 0 ? unit : 1);
  }
  return meter.Result("logits", flags.logits_tolerance);
}

absl::StatusOr<Comparison> CompareContinuations(const ExpectedSet& expected,
                                                Runner* runner) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto found,
                            runner->Continue(expected.prompts()));
  MismatchMeter meter;
  for (size_t i = 0; i < found.size(); ++i) {
    const auto& wanted = expected.prompts()[i].continuation;
    const auto width = std::max<size_t>(wanted.size(), 1);
    meter.Add(absl::StrCat("prompt", i, ".continuation"), found[i], wanted,
              static_cast<int64_t>(width));
  }
  return meter.Result("continuation");
}

absl::Status CheckPrompts(const ExpectedSet& expected,
                          const ModelConfig& config) {
  for (const ExpectedPrompt& prompt : expected.prompts()) {
    SequenceSpec spec;
    spec.prompt = prompt.ids;
    spec.want_logits = true;
    SPACEMOE_RETURN_IF_ERROR(
        CheckRequest(spec, {config.vocab_size, config.max_positions}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Comparison>> Compare(const Flags& flags,
                                                bool on_ring,
                                                ProcessGuard* guard) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto expected,
                            ExpectedSet::Open(flags.expected));
  std::unique_ptr<Runner> runner;
  if (on_ring) {
    SPACEMOE_ASSIGN_OR_RETURN(auto run,
                              RingRun::Start(flags.model, flags.ring, guard));
    runner = std::make_unique<RingRunner>(std::move(run));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto checkpoint,
                            Checkpoint::Open(flags.model));
  const ModelConfig& config = checkpoint->config();
  SPACEMOE_RETURN_IF_ERROR(CheckPrompts(*expected, config));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto engine,
      LocalEngine::Create(*checkpoint, LocalOptionsOf(flags.ring)));
  if (!on_ring) {
    WriteNote(SkippedNote(*checkpoint));
    runner = std::make_unique<LocalRunner>(engine.get());
  }
  const std::vector<int64_t>& first = expected->prompts()[0].ids;
  SPACEMOE_ASSIGN_OR_RETURN(const Observed seen,
                            Observe(engine.get(), first, config.hidden_size));
  std::vector<Comparison> all(2);
  SPACEMOE_ASSIGN_OR_RETURN(
      all[0], CompareLogits(*expected, flags, config.vocab_size, runner.get()));
  SPACEMOE_ASSIGN_OR_RETURN(all[1],
                            CompareHidden(*expected, flags.hidden_tolerance,
                                          config.hidden_size, seen));
  SPACEMOE_RETURN_IF_ERROR(CompareRouting(*expected, flags.weights_tolerance,
                                          static_cast<int64_t>(first.size()),
                                          seen, &all));
  SPACEMOE_ASSIGN_OR_RETURN(all.emplace_back(),
                            CompareContinuations(*expected, runner.get()));
  return all;
}

int Run(const Flags& flags, bool on_ring, ProcessGuard* guard) {
  const auto comparisons = Compare(flags, on_ring, guard);
  if (!comparisons.ok()) return ReportFailure(comparisons.status());
  WriteOut(ComparisonTable(*comparisons));
  const bool passed = std::all_of(comparisons->begin(), comparisons->end(),
                                  [](const Comparison& c) { return c.passed; });
  return passed ? kExitOk : kExitFailed;
}

void AddTolerance(CLI::App* app, const char* name, const char* what,
                  double* value) {
  app->add_option(name, *value, what)
      ->type_name("X")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

}  // namespace

CommandBody AddVerifyCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(app, &flags->model);
  app->add_option("--expected", flags->expected,
                  "folder with expected.json and expected.safetensors")
      ->type_name("DIR")
      ->required();
  AddTolerance(app, "--logits-tolerance",
               "largest error of logits, in their standard deviation",
               &flags->logits_tolerance);
  AddTolerance(app, "--hidden-tolerance",
               "largest error of hidden states, in their standard deviation "
               "where that is above 1",
               &flags->hidden_tolerance);
  AddTolerance(app, "--weights-tolerance", "largest error of experts' weights",
               &flags->weights_tolerance);
  const auto on_ring = AddOptionalRingFlags(app, &flags->ring);
  app->footer(kExamples);
  return [flags, on_ring](ProcessGuard* guard) {
    return Run(*flags, on_ring(), guard);
  };
}

}  // namespace spacemoe
