#include "models/tokenizer/vocabulary.h"

#include <algorithm>

namespace spacemoe {

void Vocabulary::Add(std::string_view token, int32_t id) {
  const auto [entry, added] = ids_.try_emplace(std::string(token), id);
  entry->second = id;
  tokens_[id] = &entry->first;
  id_end_ = std::max<int64_t>(id_end_, int64_t{id} + 1);
}

std::optional<int32_t> Vocabulary::Find(std::string_view token) const {
  const auto entry = ids_.find(token);
  if (entry == ids_.end()) return std::nullopt;
  return entry->second;
}

const std::string* Vocabulary::Token(int32_t id) const {
  const auto entry = tokens_.find(id);
  return entry == tokens_.end() ? nullptr : entry->second;
}

}  // namespace spacemoe
