#include "models/tokenizer/word_cache.h"

namespace spacemoe {
namespace {

constexpr size_t kLongestWord = 256;  // bytes
constexpr size_t kWordsInAShard = 4096;

}  // namespace

const WordCache::Shard& WordCache::ShardOf(std::string_view word) const {
  return shards_[(StringHash()(word) >> 7) % shards_.size()];
}

bool WordCache::Find(std::string_view word, std::vector<int32_t>* ids) const {
  if (word.size() > kLongestWord) return false;
  const Shard& shard = ShardOf(word);
  const std::lock_guard lock(shard.mutex);
  const auto entry = shard.words.find(word);
  if (entry == shard.words.end()) return false;
  ids->insert(ids->end(), entry->second.begin(), entry->second.end());
  return true;
}

void WordCache::Insert(std::string_view word, const std::vector<int32_t>& ids) {
  if (word.size() > kLongestWord) return;
  auto& shard = const_cast<Shard&>(ShardOf(word));
  const std::lock_guard lock(shard.mutex);
  if (shard.words.size() >= kWordsInAShard) shard.words.clear();
  shard.words.emplace(std::string(word), ids);
}

}  // namespace spacemoe
