#include "cli/generate/local_run.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/terminal.h"
#include "coordinator/core/request_check.h"
#include "coordinator/text/text_codec.h"
#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/unused_tensors.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::StatusOr<LocalRequest> RequestFor(const Prompt& prompt, SequenceSpec spec,
                                        const TextCodec& codec,
                                        const ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(spec.prompt, codec.Encode(prompt));
  SPACEMOE_RETURN_IF_ERROR(
      CheckRequest(spec, {config.vocab_size, config.max_positions}));
  LocalRequest request;
  request.prompt = std::move(spec.prompt);
  request.max_tokens = spec.max_tokens;
  request.ignore_eos = spec.ignore_eos;
  request.sampling = spec.sampling;
  request.logprobs = spec.logprobs;
  return request;
}

// Hands the characters that tokens complete to the caller.
class TextStream {
 public:
  TextStream(const TextCodec& codec, size_t sequences,
             const TextCallback& on_text)
      : on_text_(on_text) {
    for (size_t i = 0; i < sequences; ++i) {
      decoders_.push_back(codec.NewDecoder());
    }
  }

  void Push(size_t sequence, int64_t token) {
    if (on_text_ && decoders_[sequence] != nullptr) {
      on_text_(sequence, decoders_[sequence]->Push(token));
    }
  }

  void Flush() {
    for (size_t i = 0; i < decoders_.size(); ++i) {
      if (on_text_ && decoders_[i] != nullptr) {
        on_text_(i, decoders_[i]->Flush());
      }
    }
  }

 private:
  const TextCallback& on_text_;
  std::vector<std::unique_ptr<TextDecoder>> decoders_;
};

SequenceOutcome OutcomeOf(const LocalRequest& request, LocalResult result,
                          const TextCodec& codec) {
  SequenceOutcome outcome;
  outcome.prompt_ids = request.prompt;
  outcome.ids = std::move(result.ids);
  outcome.logprobs = std::move(result.logprobs);
  if (codec.has_tokenizer()) outcome.text = codec.Decode(outcome.ids);
  outcome.finish = result.stopped ? FinishReason::kStop : FinishReason::kLength;
  int64_t before = 0;
  for (size_t i = 0; i < outcome.ids.size(); ++i) {
    TokenTime time;
    time.emitted_ns = result.token_ns[i];
    time.lap_ns = time.emitted_ns - before;
    time.lap.compute_ns = time.lap_ns;
    before = time.emitted_ns;
    outcome.times.push_back(time);
  }
  return outcome;
}

}  // namespace

absl::StatusOr<std::vector<LocalRequest>> LocalRequestsOf(
    const GenerateJob& job, const TextCodec& codec, const ModelConfig& config) {
  std::vector<LocalRequest> requests;
  for (const Prompt& prompt : job.prompts) {
    SPACEMOE_ASSIGN_OR_RETURN(LocalRequest request,
                              RequestFor(prompt, job.spec, codec, config));
    requests.push_back(std::move(request));
  }
  return requests;
}

LocalOptions LocalOptionsOf(const RingOptions& ring) {
  LocalOptions options;
  options.bfloat16 = ring.plan.bfloat16;
  options.kernel =
      ring.kernel == "aten" ? KernelKind::kAten : KernelKind::kNative;
  return options;
}

absl::StatusOr<GenerateOutcome> GenerateLocally(const GenerateJob& job,
                                                const RingOptions& ring,
                                                const TextCallback& on_text) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::unique_ptr<Checkpoint> checkpoint,
                            Checkpoint::Open(job.model));
  WriteNote(SkippedNote(*checkpoint));
  const std::unique_ptr<TextCodec> codec = TextCodec::Open(job.model);
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<LocalRequest> requests,
                            LocalRequestsOf(job, *codec, checkpoint->config()));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::unique_ptr<LocalEngine> engine,
      LocalEngine::Create(*checkpoint, LocalOptionsOf(ring)));
  TextStream stream(*codec, requests.size(), on_text);
  const int64_t start = MonotonicNanos();
  SPACEMOE_ASSIGN_OR_RETURN(
      std::vector<LocalResult> results,
      engine->Generate(requests, job.parallel,
                       [&stream](size_t request, int64_t token) {
                         stream.Push(request, token);
                         return true;
                       }));
  stream.Flush();
  GenerateOutcome outcome;
  outcome.wall_seconds = (MonotonicNanos() - start) * 1e-9;
  for (size_t i = 0; i < results.size(); ++i) {
    outcome.sequences.push_back(
        OutcomeOf(requests[i], std::move(results[i]), *codec));
  }
  return outcome;
}

}  // namespace spacemoe
