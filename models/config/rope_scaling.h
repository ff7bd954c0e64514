// How a model stretches its rotary positions beyond the trained context.
#ifndef SPACEMOE_MODELS_CONFIG_ROPE_SCALING_H_
#define SPACEMOE_MODELS_CONFIG_ROPE_SCALING_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace spacemoe {

enum class RopeType : std::uint8_t {
  kNone,
  kLinear,
  kDynamic,
  kLlama3,
  kYarn,
  kLongRope,
  kNtkAlpha,
};

// "default", "linear", "dynamic", "llama3", "yarn", "longrope": Hugging Face's
// names; "dynamic with alpha" for kNtkAlpha.
std::string_view RopeTypeName(RopeType type);

// Names and meanings as in transformers' modeling_rope_utils.py. "Length" is
// the larger of the prompt's and the position + 1: a prompt's keys are rotated
// for the whole prompt, each later key for the text up to itself.
struct RopeScaling {
  RopeType type = RopeType::kNone;
  double factor = 1.0;  // linear, dynamic, llama3, yarn

  // The trained context. llama3: wavelengths below original / high are kept,
  // above original / low divided by factor, and interpolated in between.
  // dynamic: beyond it the base is multiplied by
  // (factor * length / original - (factor - 1))^(d / (d - 2)).
  double low_freq_factor = 1.0;
  double high_freq_factor = 4.0;
  std::int64_t original_max_positions = 0;

  // yarn (Peng et al. 2023, arXiv:2309.00071, section 3.2).
  double beta_fast = 32.0;
  double beta_slow = 1.0;
  bool truncate = true;
  // cos and sin are multiplied by this (section 3.4). Unset for yarn: by
  // m(mscale) / m(mscale_all_dim) when both are set, else by
  // 0.1 ln(factor) + 1, where m(s) = 0.1 s ln(factor) + 1. For longrope the
  // reader always sets it.
  std::optional<double> attention_factor;
  std::optional<double> mscale;
  std::optional<double> mscale_all_dim;

  // longrope (Ding et al. 2024, arXiv:2402.13753): each wavelength is
  // multiplied by its own factor, a long one for lengths beyond the trained
  // context. Phi-MoE has another attention factor there.
  std::vector<double> short_factors;
  std::vector<double> long_factors;
  std::optional<double> long_attention_factor;

  // kNtkAlpha (Hunyuan): the base is multiplied by alpha^(d / (d - 2)).
  double alpha = 1.0;

  // Whether a rotation depends on more than the position.
  bool DependsOnLength() const {
    return type == RopeType::kDynamic || type == RopeType::kLongRope;
  }

  bool operator==(const RopeScaling&) const = default;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_ROPE_SCALING_H_
