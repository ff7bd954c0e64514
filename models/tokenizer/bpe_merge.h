// The merging loop of byte pair encoding.
#ifndef SPACEMOE_MODELS_TOKENIZER_BPE_MERGE_H_
#define SPACEMOE_MODELS_TOKENIZER_BPE_MERGE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace spacemoe {

struct BpeMerge {
  int32_t rank = 0;    // lower ranks merge first
  int32_t result = 0;  // the merged token
};

// Which pairs of tokens merge, into what, and in which order.
class BpeMerges {
 public:
  // A pair that is there already gets the new rank and result.
  void Set(int32_t left, int32_t right, BpeMerge merge);
  const BpeMerge* Find(int32_t left, int32_t right) const;

 private:
  absl::flat_hash_map<uint64_t, BpeMerge> merges_;
};

// Merges the pair of lowest rank, the leftmost of equals, until none is left.
// n symbols take O(n log n).
void MergeSymbols(const BpeMerges& merges, std::vector<int32_t>* symbols);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_BPE_MERGE_H_
