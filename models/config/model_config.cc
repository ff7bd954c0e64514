#include "models/config/model_config.h"

namespace spacemoe {

std::string_view RoutingKindName(RoutingKind kind) {
  switch (kind) {
    case RoutingKind::kSoftmaxTopKRenormalise:
      return "softmax over all, top-k, renormalised";
    case RoutingKind::kTopKSoftmax:
      return "top-k, softmax over those";
  }
  return "unknown";
}

}  // namespace spacemoe
