#include "cli/generate/ring_run.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/generate/remote_run.h"
#include "cli/terminal.h"
#include "models/checkpoint/unused_tensors.h"
#include "models/engine/role_factory.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// What each satellite would refuse later.
absl::Status CheckArithmetic(const Checkpoint& checkpoint,
                             const RingOptions& ring) {
  ComputeOptions compute;
  compute.bfloat16 = ring.plan.bfloat16;
  compute.kernel =
      ring.kernel == "aten" ? KernelKind::kAten : KernelKind::kNative;
  return ValidateCompute(checkpoint, compute);
}

absl::Status CopyRows(const v1::GenerateEvent::Logits& rows, int64_t vocab,
                      std::vector<float>* logits) {
  const size_t offset = rows.position() * vocab * sizeof(float);
  if (offset + rows.values().size() > logits->size() * sizeof(float)) {
    return absl::InternalError("the ring sent logits of too many positions");
  }
  std::memcpy(reinterpret_cast<char*>(logits->data()) + offset,
              rows.values().data(), rows.values().size());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<RingRun>> RingRun::Make(const std::string& model,
                                                       RingOptions ring) {
  const int64_t start = MonotonicNanos();
  SPACEMOE_ASSIGN_OR_RETURN(std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(model));
  SPACEMOE_ASSIGN_OR_RETURN(Plan plan, MakePlan(*checkpoint, ring.plan));
  return std::unique_ptr<RingRun>(new RingRun(
      start, model, std::move(ring), std::move(checkpoint), std::move(plan)));
}

absl::Status RingRun::Launch(ProcessGuard* guard,
                             const RingServices& services) {
  SPACEMOE_RETURN_IF_ERROR(RequireFeasible(plan_));
  SPACEMOE_RETURN_IF_ERROR(CheckArithmetic(*checkpoint_, options_));
  SPACEMOE_ASSIGN_OR_RETURN(
      ring_, LocalRing::Start({model_, options_, services, &plan_}, guard));
  SPACEMOE_RETURN_IF_ERROR(WaitUntilReady());
  startup_seconds_ = (MonotonicNanos() - start_ns_) * 1e-9;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RingRun>> RingRun::Start(
    const std::string& model, const RingOptions& ring, ProcessGuard* guard,
    const RingServices& services) {
  SPACEMOE_ASSIGN_OR_RETURN(std::unique_ptr<RingRun> run, Make(model, ring));
  WriteNote(SkippedNote(*run->checkpoint_));
  SPACEMOE_RETURN_IF_ERROR(run->Launch(guard, services));
  return run;
}

absl::Status RingRun::WaitUntilReady() {
  StderrProgress progress;
  progress.Show(absl::StrCat("starting ", plan_.size(), " satellites"));
  return ring_->WaitUntilReady([&progress](const v1::StartupEvent& event) {
    progress.Show(StartupText(event));
  });
}

absl::StatusOr<GenerateOutcome> RingRun::Generate(const GenerateJob& job,
                                                  const TextCallback& on_text) {
  absl::StatusOr<GenerateOutcome> outcome =
      GenerateOver(&ring_->client(), job, on_text);
  if (!outcome.ok()) return ring_->Explain(outcome.status());
  outcome->satellites = plan_.size();
  outcome->constellation = plan_.constellation.Label();
  outcome->strategy = plan_.options.strategy;
  return outcome;
}

absl::StatusOr<TraceLog> RingRun::Trace() {
  TraceLog log;
  const absl::Status status = ring_->client().GetTrace(
      [&log](const v1::GetTraceReply& reply) { return AddReply(reply, &log); });
  if (!status.ok()) return ring_->Explain(status);
  return log;
}

absl::StatusOr<std::vector<float>> RingRun::Logits(
    const std::vector<int64_t>& ids) {
  const int64_t vocab = checkpoint_->config().vocab_size;
  v1::GenerateRequest request;
  request.mutable_tokens()->mutable_ids()->Add(ids.begin(), ids.end());
  request.set_max_tokens(1);
  request.set_want_logits(true);
  std::vector<float> logits(ids.size() * vocab);
  absl::Status copied;
  const absl::Status status =
      ring_->client().Generate(request, [&](const v1::GenerateEvent& event) {
        if (event.has_logits())
          copied.Update(CopyRows(event.logits(), vocab, &logits));
        return copied.ok();
      });
  SPACEMOE_RETURN_IF_ERROR(copied);
  if (!status.ok()) return ring_->Explain(status);
  return logits;
}

}  // namespace spacemoe
