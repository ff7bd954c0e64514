// GraniteMoe (IBM Granite 3 "a400m", "a800m"): top-k of the router's logits,
// softmax over those; gate and up projections fused, gate first.
#include "models/config/families/families.h"
#include "models/config/families/granite_fields.h"
#include "models/config/field_reader.h"

namespace spacemoe {
namespace {

bool MatchesGguf(const FieldReader& fields, const GgufFacts&) {
  const auto width = fields.IntOr("expert_shared_feed_forward_length", 0, 0);
  return width.ok() && *width == 0;
}

}  // namespace

const Family& GraniteMoeFamily() {
  static const Family kFamily = {
      .name = "granitemoe",
      .architecture = "GraniteMoeForCausalLM",
      .routing = {.kind = RoutingKind::kTopKSoftmax},
      .defaults = {.rms_norm_eps = 1e-6, .rope_theta = 1e4},
      .read_hugging_face = ReadGraniteFields,
      .write_hugging_face = WriteGraniteFields,
      .gguf_architecture = "granitemoe",
      .matches_gguf = MatchesGguf,
      .read_gguf = ReadGraniteGgufFields,
      .hugging_face_tensors = GraniteNames(),
      .gguf_tensors = GraniteGgufNames(),
  };
  return kFamily;
}

}  // namespace spacemoe
