// The WordPiece model: the longest token that a word begins with, then the
// longest that its rest begins with, and so on. Wu et al., "Google's Neural
// Machine Translation System", 2016, section 4.1, as BERT searches it.
#ifndef SPACEMOE_MODELS_TOKENIZER_WORD_PIECE_H_
#define SPACEMOE_MODELS_TOKENIZER_WORD_PIECE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/byte_trie.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/token_model.h"
#include "models/tokenizer/vocabulary.h"

namespace spacemoe {

struct WordPieceOptions {
  Vocabulary vocabulary;
  // Stands for a word that cannot be put together from tokens.
  std::string unk_token = "[UNK]";
  std::string continuing_subword_prefix = "##";  // of all but the first token
  int64_t max_input_chars_per_word = 100;        // longer words are unknown
};

class WordPiece : public TokenModel {
 public:
  explicit WordPiece(WordPieceOptions options);

  // Time is linear in the word for a given longest token.
  absl::Status Tokenize(std::string_view word,
                        std::vector<int32_t>* ids) const override;
  const Vocabulary& vocabulary() const override { return options_.vocabulary; }

 private:
  bool AppendPieces(std::string_view word, std::vector<int32_t>* ids) const;

  const WordPieceOptions options_;
  ByteTrie first_;  // tokens at a word's begin
  ByteTrie later_;  // those with the prefix, without it
};

absl::StatusOr<std::unique_ptr<TokenModel>> ParseWordPiece(
    const JsonField& field);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_WORD_PIECE_H_
