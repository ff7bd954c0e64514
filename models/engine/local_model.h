// All layers and the head in one process, one step at a time.
#ifndef SPACEMOE_MODELS_ENGINE_LOCAL_MODEL_H_
#define SPACEMOE_MODELS_ENGINE_LOCAL_MODEL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/engine/engine_context.h"
#include "models/engine/gateway.h"
#include "models/engine/head.h"
#include "models/engine/local_engine.h"
#include "models/engine/local_layer.h"
#include "models/roles/roles.h"

namespace spacemoe {

struct LocalRow {
  uint64_t sequence = 0;
  int64_t position = 0;
  int64_t capacity = 0;  // positions to reserve when the sequence is new
  int64_t token = 0;
  bool wants_logits = false;
  int64_t prompt_length = 0;
};

// Thread-compatible.
class LocalModel {
 public:
  static absl::StatusOr<std::unique_ptr<LocalModel>> Create(
      const Checkpoint& checkpoint, const ComputeOptions& options);

  // Runs the rows through all layers. Result: logits of the rows that want
  // them, in order, [such rows, vocab]; valid until the next call. Errors are
  // those of the roles.
  absl::StatusOr<const float*> Step(absl::Span<const LocalRow> rows);

  // Frees a sequence's KV caches.
  void Release(uint64_t sequence);

  const ModelConfig& config() const { return config_; }

  LocalEngine::RoutingObserver routing_observer;
  LocalEngine::HiddenObserver hidden_observer;

 private:
  LocalModel(const ModelConfig& config, std::shared_ptr<EngineContext> context)
      : config_(config), context_(std::move(context)) {}

  absl::Status Load(const Checkpoint& checkpoint);
  absl::Status Embed(absl::Span<const LocalRow> rows);
  // After the last layer's attention only the rows that want logits go on,
  // unless somebody observes the others.
  void MarkUnwantedRows(absl::Span<const LocalRow> rows);
  void ObserveRouting(int64_t layer) const;
  absl::StatusOr<const float*> Logits(absl::Span<const LocalRow> rows);
  bool observed() const { return routing_observer || hidden_observer; }

  const ModelConfig& config_;
  const std::shared_ptr<EngineContext> context_;
  std::unique_ptr<Head> head_;
  std::vector<LocalLayer> layers_;

  // Of the step that is running; kept for their memory.
  std::vector<int64_t> ids_;
  LocalBatch batch_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LOCAL_MODEL_H_
