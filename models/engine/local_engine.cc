#include "models/engine/local_engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/engine/local_generation.h"
#include "models/engine/local_model.h"
#include "models/kernels/thread_pool.h"
#include "models/sampler/prompt_check.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

int ThreadCount(int threads) {
  return threads > 0 ? threads : AvailableCores();
}

class LocalEngineImpl : public LocalEngine {
 public:
  explicit LocalEngineImpl(const LocalOptions& options)
      : prompt_rows_(options.prompt_chunk),
        pool_(ThreadCount(options.threads)) {}

  absl::Status Load(const Checkpoint& checkpoint, const LocalOptions& options) {
    ComputeOptions compute;
    compute.bfloat16 = options.bfloat16;
    compute.kernel = options.kernel;
    compute.pool = &pool_;
    SPACEMOE_ASSIGN_OR_RETURN(model_, LocalModel::Create(checkpoint, compute));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<LocalResult>> Generate(
      absl::Span<const LocalRequest> requests, int parallel,
      const TokenCallback& on_token) override {
    SPACEMOE_RETURN_IF_ERROR(ValidateRequests(requests, model_->config()));
    LocalGeneration generation(*model_, requests, parallel, prompt_rows_,
                               on_token);
    return generation.Run();
  }

  absl::StatusOr<std::vector<float>> Logits(
      absl::Span<const int64_t> ids) override;

  void ObserveRouting(RoutingObserver observer) override {
    model_->routing_observer = std::move(observer);
  }
  void ObserveHidden(HiddenObserver observer) override {
    model_->hidden_observer = std::move(observer);
  }

 private:
  absl::Status AppendLogits(absl::Span<const int64_t> ids, int64_t first,
                            int64_t last, std::vector<float>* logits);

  const int64_t prompt_rows_;
  ThreadPool pool_;
  std::unique_ptr<LocalModel> model_;
};

absl::StatusOr<std::vector<float>> LocalEngineImpl::Logits(
    absl::Span<const int64_t> ids) {
  const ModelConfig& config = model_->config();
  SPACEMOE_RETURN_IF_ERROR(
      CheckText(ids, {config.vocab_size, config.max_positions}));
  const auto size = static_cast<int64_t>(ids.size());
  std::vector<float> logits;
  absl::Status status;
  for (int64_t i = 0; i < size && status.ok(); i += prompt_rows_) {
    status = AppendLogits(ids, i, std::min(size, i + prompt_rows_), &logits);
  }
  model_->Release(0);
  if (!status.ok()) return status;
  return logits;
}

absl::Status LocalEngineImpl::AppendLogits(absl::Span<const int64_t> ids,
                                           int64_t first, int64_t last,
                                           std::vector<float>* logits) {
  std::vector<LocalRow> rows;
  for (int64_t p = first; p < last; ++p) {
    const auto size = static_cast<int64_t>(ids.size());
    rows.push_back({0, p, size, ids[p], true, size});
  }
  SPACEMOE_ASSIGN_OR_RETURN(const float* values, model_->Step(rows));
  const int64_t count = (last - first) * model_->config().vocab_size;
  logits->insert(logits->end(), values, values + count);
  return absl::OkStatus();
}

absl::Status CheckOptions(const LocalOptions& options) {
  if (options.threads < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads: expected at least 0, found ", options.threads));
  }
  if (options.prompt_chunk < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "prompt_chunk: expected at least 1, found ", options.prompt_chunk));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalEngine>> LocalEngine::Create(
    const Checkpoint& checkpoint, const LocalOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(CheckOptions(options));
  auto engine = std::make_unique<LocalEngineImpl>(options);
  SPACEMOE_RETURN_IF_ERROR(engine->Load(checkpoint, options));
  return engine;
}

}  // namespace spacemoe
