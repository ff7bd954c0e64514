#include "models/config/routing_rule.h"

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

const char* KindText(RoutingKind kind) {
  switch (kind) {
    case RoutingKind::kSoftmaxTopK:
      return "softmax over all, top-k";
    case RoutingKind::kTopKSoftmax:
      return "top-k, softmax over those";
    case RoutingKind::kSigmoidTopK:
      return "sigmoid, top-k";
    case RoutingKind::kTopKSigmoid:
      return "top-k, sigmoid of those";
    case RoutingKind::kSparseMixer:
      return "sparsemixer";
  }
  return "unknown";
}

}  // namespace

std::string RoutingText(const RoutingRule& rule) {
  std::string text = KindText(rule.kind);
  if (rule.correction_bias) absl::StrAppend(&text, ", chosen with a bias");
  if (rule.groups > 1) {
    absl::StrAppend(&text, ", from ", rule.kept_groups, " of ", rule.groups,
                    " groups");
  }
  if (rule.renormalise) absl::StrAppend(&text, ", renormalised");
  if (rule.scale != 1) absl::StrAppend(&text, ", times ", rule.scale);
  return text;
}

}  // namespace spacemoe
