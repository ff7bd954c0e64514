// A trie over bytes: which of many strings begin at a place.
#ifndef SPACEMOE_MODELS_TOKENIZER_BYTE_TRIE_H_
#define SPACEMOE_MODELS_TOKENIZER_BYTE_TRIE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace spacemoe {

// Thread-safe once filled.
class ByteTrie {
 public:
  // A key that is there already gets the new value. Values are >= 0.
  void Add(std::string_view key, int32_t value);

  // Calls visit(length, value) for each key that `text` begins with, shorter
  // ones first.
  template <typename Visit>
  void ForEachPrefix(std::string_view text, Visit visit) const {
    uint32_t node = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      node = Child(node, static_cast<uint8_t>(text[i]));
      if (node == 0) return;
      if (values_[node] >= 0) visit(i + 1, values_[node]);
    }
  }

  bool empty() const { return children_.empty(); }

 private:
  // 0 (the root) where there is no such child.
  uint32_t Child(uint32_t node, uint8_t byte) const {
    const auto entry = children_.find((uint64_t{node} << 8) | byte);
    return entry == children_.end() ? 0 : entry->second;
  }

  absl::flat_hash_map<uint64_t, uint32_t> children_;
  std::vector<int32_t> values_ = {-1};  // by node
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_BYTE_TRIE_H_
