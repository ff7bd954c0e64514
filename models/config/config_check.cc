#include "models/config/config_check.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

std::string Text(std::string_view name) { return std::string(name); }

absl::Status ReadHeads(const FieldReader& fields, const DimensionFields& names,
                       ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.heads, fields.Int(names.heads));
  SPACEMOE_ASSIGN_OR_RETURN(config.kv_heads,
                            fields.IntOr(names.kv_heads, config.heads));
  if (config.heads % config.kv_heads != 0) {
    return fields.Wrong(names.kv_heads,
                        absl::StrCat("a divisor of ", Text(names.heads), " (",
                                     config.heads, ")"));
  }
  return absl::OkStatus();
}

absl::Status ReadHeadDim(const FieldReader& fields,
                         const DimensionFields& names, ModelConfig& config) {
  if (!fields.Has(names.head_dim) && config.hidden_size % config.heads != 0) {
    return fields.Wrong(names.heads,
                        absl::StrCat("a divisor of ", Text(names.hidden_size),
                                     " (", config.hidden_size, "), as ",
                                     Text(names.head_dim), " is not given"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(
      config.head_dim,
      fields.IntOr(names.head_dim, config.hidden_size / config.heads));
  if (config.head_dim % 2 == 0) return absl::OkStatus();
  return fields.Wrong(
      names.head_dim,
      absl::StrCat("an even size of a head (it is ", config.head_dim, ")"));
}

absl::Status ReadExperts(const FieldReader& fields,
                         const DimensionFields& names, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.experts, fields.Int(names.experts));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::vector<std::int64_t> chosen,
      fields.IntOrList(names.experts_per_token, config.layers));
  if (chosen.empty()) return fields.Int(names.experts_per_token).status();
  config.experts_per_token = *std::max_element(chosen.begin(), chosen.end());
  if (config.experts_per_token > config.experts) {
    return fields.Wrong(names.experts_per_token,
                        absl::StrCat("at most ", Text(names.experts), " (",
                                     config.experts, ")"));
  }
  for (std::int64_t l = 0; l < config.layers; ++l) {
    if (chosen[l] == config.experts_per_token) continue;
    config.EditLayer(l).experts_per_token = chosen[l];
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadDimensions(const FieldReader& fields,
                            const DimensionFields& names, ModelConfig& config) {
  SPACEMOE_ASSIGN_OR_RETURN(config.hidden_size, fields.Int(names.hidden_size));
  SPACEMOE_RETURN_IF_ERROR(ReadHeads(fields, names, config));
  if (!names.head_dim.empty()) {
    SPACEMOE_RETURN_IF_ERROR(ReadHeadDim(fields, names, config));
    config.attention_scale = 1.0 / std::sqrt(config.head_dim);
  }
  return ReadExperts(fields, names, config);
}

}  // namespace spacemoe
