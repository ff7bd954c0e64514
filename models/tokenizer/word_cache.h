// Remembers the tokens of words that were seen before.
#ifndef SPACEMOE_MODELS_TOKENIZER_WORD_CACHE_H_
#define SPACEMOE_MODELS_TOKENIZER_WORD_CACHE_H_

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "models/tokenizer/string_hash.h"

namespace spacemoe {

// Thread-safe. Bounded: a part that is full is emptied.
class WordCache {
 public:
  // Appends the tokens of `word`; false if it is not known.
  bool Find(std::string_view word, std::vector<int32_t>* ids) const;
  // Words that are too long to come again are not kept.
  void Insert(std::string_view word, const std::vector<int32_t>& ids);

 private:
  struct Shard {
    mutable std::mutex mutex;  // guards `words`
    absl::flat_hash_map<std::string, std::vector<int32_t>, StringHash,
                        StringEqual>
        words;
  };
  const Shard& ShardOf(std::string_view word) const;

  std::array<Shard, 16> shards_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_WORD_CACHE_H_
