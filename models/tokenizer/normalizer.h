// The normalizer of a tokenizer.json: text to text.
#ifndef SPACEMOE_MODELS_TOKENIZER_NORMALIZER_H_
#define SPACEMOE_MODELS_TOKENIZER_NORMALIZER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"

namespace spacemoe {

// Takes and gives valid UTF-8. Thread-safe. Empty where there is none.
// InvalidArgument when the text grows beyond 16 times its size and 1 MiB.
using Normalizer =
    std::function<absl::StatusOr<std::string>(const std::string&)>;

// Known types: NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace,
// Prepend, ByteLevel, BertNormalizer, Nmt, Precompiled, Sequence; null is an
// empty function.
absl::StatusOr<Normalizer> ParseNormalizer(const JsonField& field);

Normalizer NfcNormalizer();
// One after another.
Normalizer ChainNormalizer(std::vector<Normalizer> steps);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_NORMALIZER_H_
