// The angles of rotary position embedding (Su et al. 2021, arXiv:2104.09864),
// computed as transformers computes them.
#ifndef SPACEMOE_MODELS_ENGINE_ROTARY_H_
#define SPACEMOE_MODELS_ENGINE_ROTARY_H_

#include <cstdint>
#include <vector>

#include "models/config/model_config.h"

namespace spacemoe {

// With the config's scaling (see rope_scaling.h). Thread-compatible.
class Rotary {
 public:
  Rotary(const ModelConfig& config, bool round_bf16);

  int64_t half_dim() const {
    return static_cast<int64_t>(inverse_frequencies_.size());
  }

  // Radians per position, float32, [rotary_dim / 2], for texts within the
  // trained context.
  const std::vector<float>& inverse_frequencies() const {
    return inverse_frequencies_;
  }
  // Factor of cos and sin there: 1 but for yarn and longrope.
  float attention_factor() const { return attention_factor_; }

  // The same for texts of `length`; valid until the next call.
  const std::vector<float>& Frequencies(int64_t length);
  float AttentionFactor(int64_t length) const {
    return length <= usual_length_ ? attention_factor_ : long_attention_factor_;
  }

  // cos, sin: [rotary_dim / 2]. angle = position * inverse frequency in
  // float32. `length`: of the text that the row is rotated for.
  void Angles(int64_t position, int64_t length, float* cos, float* sin);

 private:
  int64_t rotary_dim_ = 0;
  double theta_ = 0;
  RopeScaling scaling_;
  std::vector<float> inverse_frequencies_;
  float attention_factor_ = 1;
  // Texts longer than this have others.
  int64_t usual_length_ = 0;
  float long_attention_factor_ = 1;
  std::vector<float> long_frequencies_;  // kept for the next row
  int64_t long_length_ = -1;             // that they are for
  bool round_bf16_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_ROTARY_H_
