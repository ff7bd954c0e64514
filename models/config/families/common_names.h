// Names that many families give to their tensors, in pieces.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_COMMON_NAMES_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_COMMON_NAMES_H_

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "models/config/family.h"

namespace spacemoe {

// model.embed_tokens, model.norm, lm_head.
std::span<const TensorName> ModelNames();
// input_layernorm and post_attention_layernorm before the two branches.
std::span<const TensorName> PreNormNames();
// self_attn.{q,k,v,o}_proj with their biases.
std::span<const TensorName> AttentionNames();
// self_attn.q_norm and k_norm.
std::span<const TensorName> QkNormNames();
// DeepSeek's latent attention in self_attn.
std::span<const TensorName> LatentAttentionNames();
// mlp.{gate,up,down}_proj of layers without experts.
std::span<const TensorName> DenseNames();
// mlp.experts.{expert}.{gate,up,down}_proj.
std::span<const TensorName> ExpertNames();
// block_sparse_moe.experts.{expert}.w1 (gate), w3 (up) and w2 (down).
std::span<const TensorName> BlockSparseExpertNames();
// mlp.gate, its e_score_correction_bias (DeepSeek-V3's routing), and
// mlp.shared_experts.{gate,up,down}_proj.
std::span<const TensorName> RouterNames();
std::span<const TensorName> RouterCorrectionNames();
std::span<const TensorName> SharedExpertsNames();

// The patterns of a table with something before them, and the table with other
// patterns, which it borrows.
std::vector<std::string> WithPrefix(const std::string& prefix,
                                    std::span<const TensorName> names);
std::vector<TensorName> Renamed(std::span<const TensorName> names,
                                const std::vector<std::string>& patterns);

// One table of several.
std::vector<TensorName> Together(
    std::initializer_list<std::span<const TensorName>> tables);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_COMMON_NAMES_H_
