#include "models/engine/local_batcher.h"

#include <algorithm>

namespace spacemoe {
namespace {

void AddRow(ActiveRequest& active, int64_t token, bool wants_logits,
            std::vector<LocalRow>* rows) {
  rows->push_back({active.request, active.fed, active.capacity, token,
                   wants_logits, active.prompt_size()});
  ++active.fed;
}

void AddPromptRows(ActiveRequest& active, int64_t count,
                   std::vector<LocalRow>* rows) {
  for (int64_t i = 0; i < count; ++i) {
    const bool last = active.fed + 1 == active.prompt_size();
    AddRow(active, active.source->prompt[active.fed], last, rows);
  }
}

}  // namespace

void NextRows(absl::Span<ActiveRequest> active, int64_t prompt_rows,
              std::vector<LocalRow>* rows) {
  std::vector<ActiveRequest*> prompts;
  for (ActiveRequest& a : active) {
    if (a.in_prompt()) {
      prompts.push_back(&a);
    } else {
      AddRow(a, a.last_token, /*wants_logits=*/true, rows);
    }
  }
  for (ActiveRequest* a : prompts) {
    const int64_t count = std::min(prompt_rows, a->prompt_size() - a->fed);
    AddPromptRows(*a, count, rows);
    prompt_rows -= count;
  }
}

}  // namespace spacemoe
