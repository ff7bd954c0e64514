// The whole model in one process, without a ring: the reference.
#ifndef SPACEMOE_MODELS_ENGINE_LOCAL_ENGINE_H_
#define SPACEMOE_MODELS_ENGINE_LOCAL_ENGINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "models/checkpoint/checkpoint.h"
#include "models/engine/role_factory.h"
#include "models/roles/roles.h"
#include "models/sampler/logprobs.h"
#include "models/sampler/sampler.h"

namespace spacemoe {

struct LocalRequest {
  std::vector<int64_t> prompt;
  int64_t max_tokens = 64;
  bool ignore_eos = false;
  SamplingOptions sampling;
  std::optional<int> logprobs;  // as SequenceSampler takes it
};

struct LocalResult {
  std::vector<int64_t> ids;  // generated, without the end token
  bool stopped = false;      // by an end token; false: length
  // Wall time, nanoseconds: from the start of the call to each token.
  std::vector<int64_t> token_ns;
  std::vector<TokenLogprobs> logprobs;  // of each id, when asked for
};

struct LocalOptions {
  int threads = 0;  // 0: all cores
  bool bfloat16 = false;
  KernelKind kernel = KernelKind::kNative;
  int64_t prompt_chunk = 64;  // rows of a prompt in one step
};

// Thread-compatible. The same roles as on the ring, driven layer by layer, so
// that every row has the same bits there and here.
class LocalEngine {
 public:
  static absl::StatusOr<std::unique_ptr<LocalEngine>> Create(
      const Checkpoint& checkpoint, const LocalOptions& options);
  virtual ~LocalEngine() = default;

  // Called for each generated token (not for the end token), in order within a
  // request. Returning false cancels everything.
  using TokenCallback = std::function<bool(size_t request, int64_t token)>;

  // Runs all requests, at most `parallel` at once (0: all), each decode step
  // as one batch. INVALID_ARGUMENT: empty prompt, ids out of the vocabulary,
  // a prompt that leaves no room in the context. CANCELLED: by the callback. A
  // text that reaches the end of the context finishes by length.
  virtual absl::StatusOr<std::vector<LocalResult>> Generate(
      absl::Span<const LocalRequest> requests, int parallel,
      const TokenCallback& on_token) = 0;

  // Logits of all positions, [ids, vocab].
  virtual absl::StatusOr<std::vector<float>> Logits(
      absl::Span<const int64_t> ids) = 0;

  // Sees every row's routing: layer, sequence number, position, experts. Null
  // (the default): nobody. For profiles and for the reference check.
  using RoutingObserver =
      std::function<void(int64_t layer, uint64_t sequence, int64_t position,
                         const Routing& routing)>;
  virtual void ObserveRouting(RoutingObserver observer) = 0;
  // Sees the residual stream that enters layer `layer` (layer count: that
  // leaves the last one), [rows, hidden].
  using HiddenObserver =
      std::function<void(int64_t layer, int64_t rows, const float* hidden)>;
  virtual void ObserveHidden(HiddenObserver observer) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LOCAL_ENGINE_H_
