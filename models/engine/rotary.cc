#include "models/engine/rotary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "models/tensor/half.h"

namespace spacemoe {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

// A config's settings, for texts of one length.
struct Settings {
  int64_t dim;
  double theta;
  const RopeScaling& scaling;
  int64_t length;
};

// theta^(2i/d).
float Wavenumber(int64_t dim, double theta, int64_t i) {
  const float exponent = static_cast<float>(2 * i) / static_cast<float>(dim);
  return std::pow(static_cast<float>(theta), exponent);
}

// theta * growth^(d / (d - 2)): NTK-aware scaling.
double StretchedTheta(const Settings& settings, double growth) {
  const auto dim = static_cast<double>(settings.dim);
  return settings.theta * std::pow(growth, dim / (dim - 2));
}

float Dynamic(const Settings& settings, int64_t i) {
  const RopeScaling& scaling = settings.scaling;
  const double stretch = static_cast<double>(settings.length) /
                         static_cast<double>(scaling.original_max_positions);
  const double growth =
      scaling.factor * std::max(stretch, 1.0) - (scaling.factor - 1);
  return 1.0f / Wavenumber(settings.dim, StretchedTheta(settings, growth), i);
}

float LongRope(const Settings& settings, int64_t i) {
  const RopeScaling& scaling = settings.scaling;
  const bool is_long = settings.length > scaling.original_max_positions;
  const auto& factors = is_long ? scaling.long_factors : scaling.short_factors;
  return 1.0f / (static_cast<float>(factors[i]) *
                 Wavenumber(settings.dim, settings.theta, i));
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
  if (low == high) return inverse;
  const float smooth = (original * (1 / wavelength) - low) / (high - low);
  return (1 - smooth) * inverse / factor + smooth * inverse;
}

// The dimension that turns `rotations` times over the trained context.
double CorrectionDimension(const Settings& settings, double rotations) {
  const double original =
      static_cast<double>(settings.scaling.original_max_positions);
  return static_cast<double>(settings.dim) *
         std::log(original / (rotations * kTwoPi)) /
         (2 * std::log(settings.theta));
}

// 0: as trained, 1: interpolated (eq. 18 of YaRN).
double YarnRamp(const Settings& settings, int64_t i) {
  const RopeScaling& scaling = settings.scaling;
  double low = CorrectionDimension(settings, scaling.beta_fast);
  double high = CorrectionDimension(settings, scaling.beta_slow);
  if (scaling.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, static_cast<double>(settings.dim - 1));
  if (low == high) high += 0.001;
  return std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
}

float Yarn(const Settings& settings, int64_t i) {
  const double wavenumber = Wavenumber(settings.dim, settings.theta, i);
  const double ramp = YarnRamp(settings, i);
  return static_cast<float>(ramp / (settings.scaling.factor * wavenumber) +
                            (1 - ramp) / wavenumber);
}

float InverseFrequency(const Settings& settings, int64_t i) {
  const float plain = 1.0f / Wavenumber(settings.dim, settings.theta, i);
  const RopeScaling& scaling = settings.scaling;
  switch (scaling.type) {
    case RopeType::kNone:
      return plain;
    case RopeType::kLinear:
      return plain / static_cast<float>(scaling.factor);
    case RopeType::kDynamic:
      return Dynamic(settings, i);
    case RopeType::kLlama3:
      return Llama3(plain, scaling);
    case RopeType::kYarn:
      return Yarn(settings, i);
    case RopeType::kLongRope:
      return LongRope(settings, i);
    case RopeType::kNtkAlpha:
      return 1.0f / Wavenumber(settings.dim,
                               StretchedTheta(settings, scaling.alpha), i);
  }
  return plain;
}

std::vector<float> InverseFrequencies(const Settings& settings) {
  std::vector<float> frequencies;
  for (int64_t i = 0; i < settings.dim / 2; ++i) {
    frequencies.push_back(InverseFrequency(settings, i));
  }
  return frequencies;
}

double YarnScale(double factor, double mscale) {
  return factor <= 1 ? 1 : 0.1 * mscale * std::log(factor) + 1;
}

double UsualAttentionFactor(const RopeScaling& scaling) {
  if (scaling.attention_factor) return *scaling.attention_factor;
  if (scaling.type != RopeType::kYarn) return 1;
  if (scaling.mscale && scaling.mscale_all_dim) {
    return YarnScale(scaling.factor, *scaling.mscale) /
           YarnScale(scaling.factor, *scaling.mscale_all_dim);
  }
  return YarnScale(scaling.factor, 1);
}

}  // namespace

Rotary::Rotary(const ModelConfig& config, bool round_bf16)
    : rotary_dim_(config.RotaryDim()),
      theta_(config.rope_theta),
      scaling_(config.rope_scaling),
      inverse_frequencies_(
          InverseFrequencies({rotary_dim_, theta_, scaling_, 0})),
      attention_factor_(static_cast<float>(UsualAttentionFactor(scaling_))),
      usual_length_(scaling_.DependsOnLength()
                        ? scaling_.original_max_positions
                        : std::numeric_limits<int64_t>::max()),
      long_attention_factor_(static_cast<float>(
          scaling_.long_attention_factor.value_or(attention_factor_))),
      round_bf16_(round_bf16 && !config.rope_float32) {}

const std::vector<float>& Rotary::Frequencies(int64_t length) {
  if (length <= usual_length_) return inverse_frequencies_;
  if (long_length_ != length) {
    long_frequencies_ =
        InverseFrequencies({rotary_dim_, theta_, scaling_, length});
    long_length_ = length;
  }
  return long_frequencies_;
}

void Rotary::Angles(int64_t position, int64_t length, float* cos, float* sin) {
  const std::vector<float>& frequencies = Frequencies(length);
  const float factor = AttentionFactor(length);
  const auto p = static_cast<float>(position);
  for (size_t i = 0; i < frequencies.size(); ++i) {
    const float angle = p * frequencies[i];
    cos[i] = std::cos(angle) * factor;
    sin[i] = std::sin(angle) * factor;
    if (!round_bf16_) continue;
    cos[i] = RoundedToBFloat16(cos[i]);
    sin[i] = RoundedToBFloat16(sin[i]);
  }
}

}  // namespace spacemoe
