#include "models/engine/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/tensor/half.h"

namespace spacemoe {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

// theta^(2i/d).
float Wavenumber(const ModelConfig& config, int64_t i) {
  const float exponent =
      static_cast<float>(2 * i) / static_cast<float>(config.head_dim);
  return std::pow(static_cast<float>(config.rope_theta), exponent);
}

// In float32 throughout, as the original: the difference that is `smooth` loses
// digits.
float Llama3(float inverse, const RopeScaling& scaling) {
  const auto factor = static_cast<float>(scaling.factor);
  const auto low = static_cast<float>(scaling.low_freq_factor);
  const auto high = static_cast<float>(scaling.high_freq_factor);
  const auto original = static_cast<float>(scaling.original_max_positions);
  const float wavelength = static_cast<float>(kTwoPi) * (1 / inverse);
  if (wavelength < original / high) return inverse;
  if (wavelength > original / low) return inverse / factor;
  const float smooth = (original * (1 / wavelength) - low) / (high - low);
  return (1 - smooth) * inverse / factor + smooth * inverse;
}

// The dimension that turns `rotations` times over the trained context.
double CorrectionDimension(const ModelConfig& config, double rotations) {
  const double original =
      static_cast<double>(config.rope_scaling.original_max_positions);
  return static_cast<double>(config.head_dim) *
         std::log(original / (rotations * kTwoPi)) /
         (2 * std::log(config.rope_theta));
}

// 0: as trained, 1: interpolated (eq. 18 of YaRN).
double YarnRamp(const ModelConfig& config, int64_t i) {
  const RopeScaling& scaling = config.rope_scaling;
  double low = CorrectionDimension(config, scaling.beta_fast);
  double high = CorrectionDimension(config, scaling.beta_slow);
  if (scaling.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(config.head_dim - 1));
  if (low == high) high += 0.001;
  return std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
}

float Yarn(const ModelConfig& config, int64_t i) {
  const double wavenumber = Wavenumber(config, i);
  const double ramp = YarnRamp(config, i);
  return static_cast<float>(ramp / (config.rope_scaling.factor * wavenumber) +
                            (1 - ramp) / wavenumber);
}

float InverseFrequency(const ModelConfig& config, int64_t i) {
  const float plain = 1.0f / Wavenumber(config, i);
  switch (config.rope_scaling.type) {
    case RopeType::kNone:
      return plain;
    case RopeType::kLinear:
      return plain / static_cast<float>(config.rope_scaling.factor);
    case RopeType::kLlama3:
      return Llama3(plain, config.rope_scaling);
    case RopeType::kYarn:
      return Yarn(config, i);
  }
  return plain;
}

double YarnScale(double factor, double mscale) {
  return factor <= 1 ? 1 : 0.1 * mscale * std::log(factor) + 1;
}

double AttentionFactor(const RopeScaling& scaling) {
  if (scaling.type != RopeType::kYarn) return 1;
  if (scaling.attention_factor) return *scaling.attention_factor;
  if (scaling.mscale && scaling.mscale_all_dim) {
    return YarnScale(scaling.factor, *scaling.mscale) /
           YarnScale(scaling.factor, *scaling.mscale_all_dim);
  }
  return YarnScale(scaling.factor, 1);
}

}  // namespace

Rotary::Rotary(const ModelConfig& config, bool round_bf16)
    : attention_factor_(
          static_cast<float>(AttentionFactor(config.rope_scaling))),
      round_bf16_(round_bf16) {
  for (int64_t i = 0; i < config.head_dim / 2; ++i) {
    inverse_frequencies_.push_back(InverseFrequency(config, i));
  }
}

void Rotary::Angles(int64_t position, float* cos, float* sin) const {
  const auto p = static_cast<float>(position);
  for (size_t i = 0; i < inverse_frequencies_.size(); ++i) {
    const float angle = p * inverse_frequencies_[i];
    cos[i] = std::cos(angle) * attention_factor_;
    sin[i] = std::sin(angle) * attention_factor_;
    if (!round_bf16_) continue;
    cos[i] = RoundedToBFloat16(cos[i]);
    sin[i] = RoundedToBFloat16(sin[i]);
  }
}

}  // namespace spacemoe
