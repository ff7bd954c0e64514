// Metadata of GGUF files that several families have.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_GGUF_FIELDS_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_GGUF_FIELDS_H_

#include "absl/status/status.h"
#include "models/config/field_reader.h"
#include "models/config/gguf_facts.h"
#include "models/config/model_config.h"

namespace spacemoe {

// For architectures that are one family's.
bool AlwaysMatchesGguf(const FieldReader& fields, const GgufFacts& facts);

// expert_feed_forward_length (or feed_forward_length), feed_forward_length of
// dense layers, leading_dense_block_count, and a shared part as wide as
// expert_shared_count experts.
absl::Status ReadGgufWidths(const FieldReader& fields, ModelConfig& config);

// attention.sliding_window; 0 says that there is none.
absl::Status ReadGgufWindow(const FieldReader& fields, ModelConfig& config);

// attention.sliding_window_pattern: whether a layer has the window, by layer,
// or n: every n-th has not.
absl::Status ReadGgufWindowedLayers(const FieldReader& fields,
                                    std::int64_t fallback, ModelConfig& config);

// expert_weights_scale, expert_weights_norm, expert_group_count and
// expert_group_used_count; `group_best` as in RoutingRule.
absl::Status ReadGgufRouting(const FieldReader& fields, std::int64_t group_best,
                             ModelConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_GGUF_FIELDS_H_
