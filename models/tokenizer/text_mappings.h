// The steps that normalizers are made of: plain functions from text to text.
// All take and give valid UTF-8.
#ifndef SPACEMOE_MODELS_TOKENIZER_TEXT_MAPPINGS_H_
#define SPACEMOE_MODELS_TOKENIZER_TEXT_MAPPINGS_H_

#include <string>

#include "absl/status/statusor.h"

namespace spacemoe {

enum class UnicodeForm { kNfc, kNfd, kNfkc, kNfkd };

// InvalidArgument when there is not enough memory.
absl::StatusOr<std::string> ToUnicodeForm(const std::string& text,
                                          UnicodeForm form);
std::string ToLowerCase(const std::string& text);
// Without marks of any kind (categories Mn, Mc, Me).
std::string RemoveMarks(const std::string& text);
std::string StripSpaces(const std::string& text, bool left, bool right);
// Control characters out, separators and zero-width characters to spaces, as
// sentencepiece's NMT rules do.
std::string CleanForNmt(const std::string& text);

struct BertOptions {
  bool clean_text = true;  // no control characters; all white space is ' '
  bool handle_chinese_chars = true;  // ideographs become words of their own
  bool strip_accents = true;         // NFD without marks of category Mn
  bool lowercase = true;
};

// As BERT's BasicTokenizer before it splits.
absl::StatusOr<std::string> NormalizeForBert(const std::string& text,
                                             const BertOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_TEXT_MAPPINGS_H_
