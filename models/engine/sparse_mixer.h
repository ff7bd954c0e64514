// Phi-3.5-MoE's routing.
#ifndef SPACEMOE_MODELS_ENGINE_SPARSE_MIXER_H_
#define SPACEMOE_MODELS_ENGINE_SPARSE_MIXER_H_

#include "models/engine/routing.h"

namespace spacemoe {

// RoutingKind::kSparseMixer, in the order of choice. A turn takes the expert e
// with the largest logit m that is left, with weight
// 1 / sum exp(s_i - m) over the i that are left and for which
// (m - s_i) / max(|s_i|, m) <= 2 * jitter.
Routing SparseMixer(const RouterShape& shape, const float* logits);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_SPARSE_MIXER_H_
