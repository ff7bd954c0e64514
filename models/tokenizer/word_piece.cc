#include "models/tokenizer/word_piece.h"

#include <utility>

#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

WordPiece::WordPiece(WordPieceOptions options) : options_(std::move(options)) {
  const std::string& prefix = options_.continuing_subword_prefix;
  options_.vocabulary.ForEach([&](std::string_view token, int32_t id) {
    if (!token.empty()) first_.Add(token, id);
    if (!token.starts_with(prefix) || token.size() == prefix.size()) return;
    later_.Add(token.substr(prefix.size()), id);
  });
}

absl::Status WordPiece::Tokenize(std::string_view word,
                                 std::vector<int32_t>* ids) const {
  const size_t before = ids->size();
  const bool fits = CountCharacters(word) <= options_.max_input_chars_per_word;
  if (fits && AppendPieces(word, ids)) return absl::OkStatus();
  ids->resize(before);
  return AppendUnknown(options_.vocabulary, options_.unk_token, word, ids);
}

bool WordPiece::AppendPieces(std::string_view word,
                             std::vector<int32_t>* ids) const {
  for (size_t at = 0; at < word.size();) {
    size_t longest = 0;
    int32_t found = -1;
    (at == 0 ? first_ : later_)
        .ForEachPrefix(word.substr(at), [&](size_t length, int32_t id) {
          longest = length;
          found = id;
        });
    if (longest == 0) return false;
    ids->push_back(found);
    at += longest;
  }
  return true;
}

absl::StatusOr<std::unique_ptr<TokenModel>> ParseWordPiece(
    const JsonField& field) {
  constexpr int64_t kLongestWord = int64_t{1} << 40;
  WordPieceOptions options;
  SPACEMOE_RETURN_IF_ERROR(
      ParseVocabulary(field["vocab"], &options.vocabulary));
  SPACEMOE_ASSIGN_OR_RETURN(options.unk_token,
                            field["unk_token"].StringOr(options.unk_token));
  SPACEMOE_ASSIGN_OR_RETURN(options.continuing_subword_prefix,
                            field["continuing_subword_prefix"].StringOr(
                                options.continuing_subword_prefix));
  const JsonField longest = field["max_input_chars_per_word"];
  if (!longest.IsNull()) {
    SPACEMOE_ASSIGN_OR_RETURN(options.max_input_chars_per_word,
                              longest.Integer(0, kLongestWord));
  }
  return std::make_unique<WordPiece>(std::move(options));
}

}  // namespace spacemoe
