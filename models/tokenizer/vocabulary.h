// The two-way map between tokens and their ids.
#ifndef SPACEMOE_MODELS_TOKENIZER_VOCABULARY_H_
#define SPACEMOE_MODELS_TOKENIZER_VOCABULARY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "models/tokenizer/string_hash.h"

namespace spacemoe {

// Ids are 31-bit inside; the public interface widens them.
inline constexpr int64_t kMaxTokenId = INT32_MAX - 1;

// Thread-safe once filled.
class Vocabulary {
 public:
  // A token that is there already gets the new id.
  void Add(std::string_view token, int32_t id);

  std::optional<int32_t> Find(std::string_view token) const;
  // nullptr for an id without token. Valid as long as the vocabulary.
  const std::string* Token(int32_t id) const;
  // Calls visit(token, id) for each token, in no order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [token, id] : ids_) visit(std::string_view(token), id);
  }
  // The largest id plus one.
  int64_t id_end() const { return id_end_; }
  size_t size() const { return ids_.size(); }

 private:
  // Nodes, because tokens_ points to the strings.
  absl::node_hash_map<std::string, int32_t, StringHash, StringEqual> ids_;
  absl::flat_hash_map<int32_t, const std::string*> tokens_;
  int64_t id_end_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_VOCABULARY_H_
