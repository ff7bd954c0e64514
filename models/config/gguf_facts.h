// What a GGUF file's tensors say that its metadata does not.
#ifndef SPACEMOE_MODELS_CONFIG_GGUF_FACTS_H_
#define SPACEMOE_MODELS_CONFIG_GGUF_FACTS_H_

#include <cstdint>
#include <vector>

namespace spacemoe {

// What each pair of a head has its wavelength multiplied by, [rotary_dim / 2];
// empty where the file has no such tensor.
struct GgufRopeFactors {
  std::vector<float> all;         // rope_freqs: texts of any length
  std::vector<float> short_ones;  // rope_factors_short: within the trained
                                  // context
  std::vector<float> long_ones;   // rope_factors_long: beyond it
};

struct GgufFacts {
  bool has_output_tensor = false;   // else embeddings are tied
  bool has_attention_bias = false;  // of Q, K and V
  bool has_output_bias = false;     // of attention's output
  bool has_qk_norm = false;
  bool has_lm_head_bias = false;
  bool has_split_latent = false;       // attn_k_b and attn_v_b
  bool has_router_correction = false;  // exp_probs_b of some layer
  std::int64_t embedding_rows = 0;     // of the token embedding
  GgufRopeFactors rope_factors;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_GGUF_FACTS_H_
