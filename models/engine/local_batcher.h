// Which rows the next step of the local engine takes: continuous batching.
#ifndef SPACEMOE_MODELS_ENGINE_LOCAL_BATCHER_H_
#define SPACEMOE_MODELS_ENGINE_LOCAL_BATCHER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/engine/local_engine.h"
#include "models/engine/local_model.h"
#include "models/sampler/sequence_sampler.h"

namespace spacemoe {

// A request that is being served.
struct ActiveRequest {
  size_t request = 0;
  const LocalRequest* source = nullptr;
  int64_t capacity = 0;  // positions of the whole text
  SequenceSampler sampler;
  int64_t fed = 0;         // positions that the model has seen
  int64_t last_token = 0;  // the newest generated one

  int64_t prompt_size() const {
    return static_cast<int64_t>(source->prompt.size());
  }
  bool in_prompt() const { return fed < prompt_size(); }
};

// Appends to `rows`: one row for each request that is past its prompt, in
// order, then up to `prompt_rows` rows of prompts, oldest request first. The
// last row of each prompt and all decode rows want logits. Advances `fed`.
void NextRows(absl::Span<ActiveRequest> active, int64_t prompt_rows,
              std::vector<LocalRow>* rows);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LOCAL_BATCHER_H_
