// How a model stretches its rotary positions beyond the trained context.
#ifndef SPACEMOE_MODELS_CONFIG_ROPE_SCALING_H_
#define SPACEMOE_MODELS_CONFIG_ROPE_SCALING_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace spacemoe {

enum class RopeType : std::uint8_t { kNone, kLinear, kLlama3, kYarn };

// "default", "linear", "llama3", "yarn": Hugging Face's names.
std::string_view RopeTypeName(RopeType type);

// Names and meanings as in transformers' modeling_rope_utils.py.
struct RopeScaling {
  RopeType type = RopeType::kNone;
  double factor = 1.0;  // linear, llama3, yarn

  // llama3: wavelengths below original / high are kept, above original / low
  // divided by factor, and interpolated in between. yarn: the trained context.
  double low_freq_factor = 1.0;
  double high_freq_factor = 4.0;
  std::int64_t original_max_positions = 0;

  // yarn (Peng et al. 2023, arXiv:2309.00071, section 3.2).
  double beta_fast = 32.0;
  double beta_slow = 1.0;
  bool truncate = true;
  // cos and sin are multiplied by this (section 3.4). Unset: by
  // m(mscale) / m(mscale_all_dim) when both are set, else by
  // 0.1 ln(factor) + 1, where m(s) = 0.1 s ln(factor) + 1.
  std::optional<double> attention_factor;
  std::optional<double> mscale;
  std::optional<double> mscale_all_dim;

  bool operator==(const RopeScaling&) const = default;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_ROPE_SCALING_H_
