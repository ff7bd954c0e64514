// Regular expressions by Oniguruma in its own syntax on UTF-8: the dialect in
// which the patterns of tokenizer.json files are written.
#ifndef SPACEMOE_MODELS_TOKENIZER_ONIGURUMA_H_
#define SPACEMOE_MODELS_TOKENIZER_ONIGURUMA_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

struct re_pattern_buffer;  // Oniguruma's compiled pattern

namespace spacemoe {

// Bytes [begin, end) of a text.
struct Span {
  size_t begin = 0;
  size_t end = 0;
  bool operator==(const Span&) const = default;
};

// A compiled pattern. Thread-safe: every search has its own region.
class Regex {
 public:
  // Shared because it lives in copyable function objects.
  static absl::StatusOr<std::shared_ptr<const Regex>> Compile(
      std::string_view pattern);

  // All matches from left to right, none overlapping. An empty match right
  // behind the last one is skipped. ResourceExhausted when the pattern
  // backtracks too much on this text.
  absl::StatusOr<std::vector<Span>> FindAll(std::string_view text) const;

 private:
  struct Free {
    void operator()(re_pattern_buffer* compiled) const;
  };
  Regex(std::string_view pattern, re_pattern_buffer* compiled)
      : pattern_(pattern), compiled_(compiled) {}

  const std::string pattern_;
  const std::unique_ptr<re_pattern_buffer, Free> compiled_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_ONIGURUMA_H_
