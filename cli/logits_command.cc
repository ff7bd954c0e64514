#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/generate/local_run.h"
#include "cli/generate/ring_run.h"
#include "cli/generate_flags.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "coordinator/core/request_check.h"
#include "coordinator/options/flag_helpers.h"
#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/safetensors_writer.h"
#include "models/checkpoint/unused_tensors.h"
#include "models/engine/local_engine.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe logits --model models/demo --ids 1,2,3 --out "
    "logits.safetensors\n"
    "  spacemoe logits --model models/demo --ids 1,2,3 --out "
    "logits.safetensors --links off\n"
    "Any of the ring's flags takes the ring; without one this process "
    "computes.\n";

struct Flags {
  std::string model;
  std::vector<int64_t> ids;
  std::string out;
  RingOptions ring;
  bool local = false;
};

absl::StatusOr<std::vector<float>> LocalLogits(const Flags& flags) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(flags.model));
  WriteNote(SkippedNote(*checkpoint));
  SequenceSpec spec;
  spec.prompt = flags.ids;
  spec.want_logits = true;
  const ModelConfig& config = checkpoint->config();
  SPACEMOE_RETURN_IF_ERROR(
      CheckRequest(spec, {config.vocab_size, config.max_positions}));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::unique_ptr<LocalEngine> engine,
      LocalEngine::Create(*checkpoint, LocalOptionsOf(flags.ring)));
  return engine->Logits(flags.ids);
}

absl::StatusOr<std::vector<float>> RingLogits(const Flags& flags,
                                              ProcessGuard* guard) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<RingRun> run,
                            RingRun::Start(flags.model, flags.ring, guard));
  return run->Logits(flags.ids);
}

absl::Status Write(const Flags& flags, const std::vector<float>& logits,
                   ProcessGuard* guard) {
  const int64_t positions = flags.ids.size();
  const int64_t vocab = logits.size() / positions;
  const std::string partial = flags.out + ".partial";
  guard->Remember(partial);
  const absl::Status status =
      WriteF32Safetensors(flags.out, "logits", {positions, vocab}, logits);
  guard->Forget(partial);
  return status;
}

int Run(const Flags& flags, bool on_ring, ProcessGuard* guard) {
  const auto logits =
      on_ring && !flags.local ? RingLogits(flags, guard) : LocalLogits(flags);
  if (!logits.ok()) return ReportFailure(logits.status());
  if (absl::Status status = Write(flags, *logits, guard); !status.ok()) {
    return ReportFailure(status);
  }
  return kExitOk;
}

}  // namespace

CommandBody AddLogitsCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(app, &flags->model);
  AddFlag(app, "--ids", "1,2,3", "the prompt",
          [flags](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(flags->ids, ParseIds(text));
            return absl::OkStatus();
          })
      ->required();
  app->add_option("--out", flags->out,
                  "safetensors file: tensor logits [positions, vocab], float32")
      ->type_name("FILE")
      ->required();
  app->add_flag("--local", flags->local, "one process, no ring (the default)");
  const auto on_ring = AddOptionalRingFlags(app, &flags->ring);
  app->footer(kExamples);
  return [flags, on_ring](ProcessGuard* guard) {
    return Run(*flags, on_ring(), guard);
  };
}

}  // namespace spacemoe
