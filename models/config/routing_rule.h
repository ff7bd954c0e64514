// How a router turns its logits into experts and weights, as data.
#ifndef SPACEMOE_MODELS_CONFIG_ROUTING_RULE_H_
#define SPACEMOE_MODELS_CONFIG_ROUTING_RULE_H_

#include <cstdint>
#include <string>

namespace spacemoe {

enum class RoutingKind : std::uint8_t {
  // Scores are the softmax over all experts (float32); the k best of them.
  kSoftmaxTopK,
  // The k best logits; weights are the softmax over those.
  kTopKSoftmax,
  // Scores are sigmoids (float32); the k best of them (DeepSeek-V3,
  // arXiv:2412.19437, eq. 13 to 16).
  kSigmoidTopK,
  // The k best logits; weights are their sigmoids (Llama 4).
  kTopKSigmoid,
  // SparseMixer as at inference (Phi-3.5-MoE; Liu et al. 2023,
  // arXiv:2310.00811): k times the best logit, weighted by its softmax among
  // those within 2 * jitter of it, relative to their size.
  kSparseMixer,
};

struct RoutingRule {
  RoutingKind kind = RoutingKind::kTopKSoftmax;

  // Scores compete with a bias of each expert added; weights are without it.
  bool correction_bias = false;
  // Experts fall into this many groups of neighbours. Only those of the
  // kept_groups best can be chosen; a group is worth the sum of its group_best
  // best scores (DeepSeek-V2, arXiv:2405.04434, section 2.1.2).
  std::int64_t groups = 1;
  std::int64_t kept_groups = 1;
  std::int64_t group_best = 1;

  // Then weights are divided by max(their sum + sum_epsilon, sum_minimum).
  bool renormalise = false;
  double sum_epsilon = 0;
  double sum_minimum = 0;
  double scale = 1;  // and multiplied by this

  double jitter = 0;  // of kSparseMixer

  // The weight multiplies an expert's input, not its output.
  bool weighs_input = false;
  // The logits come from two matrices with a tanh between them.
  bool two_layers = false;
  // The logits have a bias.
  bool logit_bias = false;
  // Logits stay float32 when the compute type is bfloat16.
  bool float32_logits = false;

  bool operator==(const RoutingRule&) const = default;
};

// "softmax over all, top-k, renormalised": for people.
std::string RoutingText(const RoutingRule& rule);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_ROUTING_RULE_H_
