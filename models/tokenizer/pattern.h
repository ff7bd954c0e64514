// What tokenizer.json calls a pattern, and what a split does with its matches.
#ifndef SPACEMOE_MODELS_TOKENIZER_PATTERN_H_
#define SPACEMOE_MODELS_TOKENIZER_PATTERN_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"
#include "models/tokenizer/oniguruma.h"

namespace spacemoe {

// Finds non-overlapping matches from left to right.
using Pattern =
    std::function<absl::StatusOr<std::vector<Span>>(std::string_view)>;

Pattern LiteralPattern(std::string literal);
Pattern RegexPattern(std::shared_ptr<const Regex> regex);
// Every character for which `predicate` holds is a match of its own.
Pattern CharacterPattern(bool (*predicate)(char32_t));

// {"String": "..."}, {"Regex": "..."} or a plain string.
absl::StatusOr<Pattern> ParsePattern(const JsonField& field);

// What becomes of the matches when a text is split at them.
enum class SplitBehavior {
  kRemoved,
  kIsolated,
  kMergedWithPrevious,
  kMergedWithNext,
  kContiguous,
};

absl::StatusOr<SplitBehavior> ParseSplitBehavior(const JsonField& field,
                                                 SplitBehavior fallback);

// The pieces of a text of `size` bytes split at `matches`, empty ones left
// out. `invert`: what lies between the matches are the delimiters.
std::vector<Span> SplitAt(const std::vector<Span>& matches, size_t size,
                          SplitBehavior behavior, bool invert);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_PATTERN_H_
