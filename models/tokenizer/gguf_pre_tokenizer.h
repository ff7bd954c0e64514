// The splits that GGUF files name in tokenizer.ggml.pre.
#ifndef SPACEMOE_MODELS_TOKENIZER_GGUF_PRE_TOKENIZER_H_
#define SPACEMOE_MODELS_TOKENIZER_GGUF_PRE_TOKENIZER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/pre_tokenizer.h"

namespace spacemoe {

// What a name stands for.
struct GgufSplit {
  std::vector<std::string_view> names;
  std::vector<std::string_view> patterns;  // applied one after another
  bool ignore_merges = false;  // words that are tokens are taken whole
  bool nfc = false;            // the text is normalized to NFC first
};

// nullptr for a name that is not known.
const GgufSplit* FindGgufSplit(std::string_view name);

// "gpt-2, gpt2, ...": for messages.
std::string KnownGgufSplits();

struct GgufPreTokenizer {
  PreTokenizer pre_tokenizer;  // into words in GPT-2's byte alphabet
  bool ignore_merges = false;  // words that are tokens are taken whole
  bool nfc = false;            // the text is normalized to NFC first
};

// InvalidArgument, with the known names, for a name that is not known.
// `add_space_prefix`: a text that does not begin with a space gets one.
absl::StatusOr<GgufPreTokenizer> FindGgufPreTokenizer(const std::string& name,
                                                      bool add_space_prefix);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_GGUF_PRE_TOKENIZER_H_
