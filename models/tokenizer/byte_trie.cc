#include "models/tokenizer/byte_trie.h"

namespace spacemoe {

void ByteTrie::Add(std::string_view key, int32_t value) {
  uint32_t node = 0;
  for (const char c : key) {
    const uint64_t edge = (uint64_t{node} << 8) | static_cast<uint8_t>(c);
    const auto [entry, added] =
        children_.try_emplace(edge, static_cast<uint32_t>(values_.size()));
    if (added) values_.push_back(-1);
    node = entry->second;
  }
  values_[node] = value;
}

}  // namespace spacemoe
