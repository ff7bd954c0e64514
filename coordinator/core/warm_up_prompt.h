// What goes round a ring before anybody's prompt does.
#ifndef SPACEMOE_COORDINATOR_CORE_WARM_UP_PROMPT_H_
#define SPACEMOE_COORDINATOR_CORE_WARM_UP_PROMPT_H_

#include <cstdint>
#include <vector>

#include "coordinator/core/sessions.h"

namespace spacemoe {

// `token` again and again: as many rows as a step takes of a prompt, so that
// the first prompt meets no memory that its satellites have never touched, and
// yet no expert is read that a single token would not ask for. Fewer rows where
// the model's positions or the caches have no room for them and for the token
// that comes out; one where compute is modelled, and rows cost emulated time.
std::vector<int64_t> WarmUpPrompt(int64_t token, const SessionLimits& limits,
                                  bool modelled);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_WARM_UP_PROMPT_H_
