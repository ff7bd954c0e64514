// One call of LocalEngine::Generate.
#ifndef SPACEMOE_MODELS_ENGINE_LOCAL_GENERATION_H_
#define SPACEMOE_MODELS_ENGINE_LOCAL_GENERATION_H_

#include <chrono>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/engine/local_batcher.h"
#include "models/engine/local_engine.h"
#include "models/engine/local_model.h"

namespace spacemoe {

// INVALID_ARGUMENT as Generate says.
absl::Status ValidateRequests(absl::Span<const LocalRequest> requests,
                              const ModelConfig& config);

// Sequence numbers are the requests' indices. Everything is borrowed.
class LocalGeneration {
 public:
  LocalGeneration(LocalModel& model, absl::Span<const LocalRequest> requests,
                  int parallel, int64_t prompt_rows,
                  const LocalEngine::TokenCallback& on_token);
  // Frees the KV caches that are still held.
  ~LocalGeneration();
  LocalGeneration(const LocalGeneration&) = delete;
  LocalGeneration& operator=(const LocalGeneration&) = delete;

  absl::StatusOr<std::vector<LocalResult>> Run();

 private:
  void Admit();
  absl::Status Step();
  absl::Status TakeTokens(const float* logits);
  absl::Status TakeToken(ActiveRequest& active, DrawnToken drawn);
  bool IsEnd(const ActiveRequest& active, int64_t token) const;
  void DropFinished();
  int64_t NanosecondsSinceStart() const;

  LocalModel& model_;
  const absl::Span<const LocalRequest> requests_;
  const size_t parallel_;
  const int64_t prompt_rows_;
  const LocalEngine::TokenCallback& on_token_;
  const std::chrono::steady_clock::time_point start_;

  size_t next_request_ = 0;
  std::vector<ActiveRequest> active_;
  std::vector<bool> finished_;  // by request
  std::vector<LocalRow> rows_;
  std::vector<LocalResult> results_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LOCAL_GENERATION_H_
