// The tokens that may be drawn, with their probabilities.
#ifndef SPACEMOE_MODELS_SAMPLER_CANDIDATES_H_
#define SPACEMOE_MODELS_SAMPLER_CANDIDATES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace spacemoe {

struct Candidate {
  int64_t id = 0;
  double value = 0;  // a logit, then a probability
};

// Best first; equals by ascending id, so that the order is the same everywhere.
bool BetterThan(const Candidate& a, const Candidate& b);

// The tokens whose logit is a number greater than minus infinity, logits
// divided by `temperature`, in ascending id.
std::vector<Candidate> ScaledCandidates(absl::Span<const float> logits,
                                        double temperature);

// Keeps the `k` best (0: all).
void KeepTopK(int64_t k, std::vector<Candidate>& candidates);

// Turns logits into probabilities that add up to 1. The best logit may be
// infinite: then the tokens that have it share everything.
void Softmax(std::vector<Candidate>& candidates);

// Keeps the smallest set of best tokens whose probabilities reach `p`; at
// least one token. Probabilities are not divided by their new sum.
void KeepTopP(double p, std::vector<Candidate>& candidates);

// The token that `uniform` in [0, 1) hits. candidates must not be empty.
int64_t Draw(const std::vector<Candidate>& candidates, double uniform);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_CANDIDATES_H_
