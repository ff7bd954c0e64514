// Byte pair encoding.
#ifndef SPACEMOE_MODELS_TOKENIZER_BPE_H_
#define SPACEMOE_MODELS_TOKENIZER_BPE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/bpe_merge.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/token_model.h"
#include "models/tokenizer/vocabulary.h"
#include "models/tokenizer/word_cache.h"

namespace spacemoe {

struct BpeOptions {
  Vocabulary vocabulary;
  std::vector<std::pair<std::string, std::string>> merges;  // first one first
  // Stands for a character that has no token; without it such are left out.
  std::optional<std::string> unk_token;
  std::string continuing_subword_prefix;  // before all but the first character
  std::string end_of_word_suffix;         // behind the last character
  bool fuse_unk = false;       // one unknown token for a run of characters
  bool byte_fallback = false;  // <0xXX> tokens for what has no token
  bool ignore_merges = false;  // a word that is a token is taken whole
};

// "a b" as the pair (a, b); nothing if there is not exactly one space.
std::optional<std::pair<std::string, std::string>> SplitMerge(
    std::string_view text);

class Bpe : public TokenModel {
 public:
  // InvalidArgument if a merge or unk_token names a token that is not in the
  // vocabulary.
  static absl::StatusOr<std::unique_ptr<Bpe>> Create(BpeOptions options);

  absl::Status Tokenize(std::string_view word,
                        std::vector<int32_t>* ids) const override;
  const Vocabulary& vocabulary() const override { return options_.vocabulary; }

 private:
  explicit Bpe(BpeOptions options);
  absl::Status SetMerges();
  std::vector<int32_t> FirstSymbols(std::string_view word) const;
  std::optional<int32_t> CharacterToken(std::string_view character,
                                        bool is_first, bool is_last) const;

  BpeOptions options_;  // merges moved into merges_
  BpeMerges merges_;
  std::optional<int32_t> unk_id_;
  std::array<int32_t, 256> byte_tokens_;
  mutable WordCache cache_;
};

absl::StatusOr<std::unique_ptr<TokenModel>> ParseBpe(const JsonField& field);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_BPE_H_
