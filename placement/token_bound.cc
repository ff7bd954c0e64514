#include "placement/token_bound.h"

#include <algorithm>

#include "placement/compact_layout.h"
#include "placement/plan_value.h"

namespace spacemoe {
namespace {

double LayerBoundMs(const ModelShape& model, int layer,
                    const SolveOptions& options, double hop_ms) {
  const LayerShape& shape = model.layers[layer];
  const double onward = model.layers.size() > 1 ? hop_ms : 0;
  if (shape.experts == 0) return onward;
  const double compute_ms = 1e3 * ComputeSeconds(shape.expert, options);
  const double elsewhere = compute_ms + 2 * hop_ms;
  const int needed = options.mixed_gateways ? shape.top_k : shape.experts;
  if (RoomOf(model, layer, options).gateway < needed) return elsewhere;
  return std::min(elsewhere, shape.top_k * compute_ms + onward);
}

}  // namespace

double TokenBoundMs(const ModelShape& model, const SolveOptions& options,
                    double hop_ms) {
  double bound = FixedComputeMs(model, options);
  for (size_t l = 0; l < model.layers.size(); ++l) {
    bound += LayerBoundMs(model, static_cast<int>(l), options, hop_ms);
  }
  return bound;
}

}  // namespace spacemoe
