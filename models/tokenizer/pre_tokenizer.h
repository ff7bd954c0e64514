// The pre-tokenizer of a tokenizer.json: cuts a text into words, within which
// the model then finds its tokens.
#ifndef SPACEMOE_MODELS_TOKENIZER_PRE_TOKENIZER_H_
#define SPACEMOE_MODELS_TOKENIZER_PRE_TOKENIZER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/pattern.h"

namespace spacemoe {

struct Piece {
  std::string text;
  bool at_start = false;  // begins where the whole text begins
};

// Replaces the pieces by finer ones. Thread-safe.
using PreTokenizer = std::function<absl::Status(std::vector<Piece>*)>;

// Known types: ByteLevel, Split, Digits, Whitespace, WhitespaceSplit,
// Punctuation, BertPreTokenizer, CharDelimiterSplit, Metaspace, FixedLength,
// Sequence; null leaves the text whole.
absl::StatusOr<PreTokenizer> ParsePreTokenizer(const JsonField& field);

// The parts that other formats than tokenizer.json are put together from.
PreTokenizer SplitPreTokenizer(Pattern pattern, SplitBehavior behavior,
                               bool invert);
PreTokenizer ByteAlphabetPreTokenizer();
PreTokenizer SequencePreTokenizer(std::vector<PreTokenizer> steps);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_PRE_TOKENIZER_H_
