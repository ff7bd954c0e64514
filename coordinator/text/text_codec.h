// Prompts to tokens and tokens to text, for a checkpoint.
#ifndef SPACEMOE_COORDINATOR_TEXT_TEXT_CODEC_H_
#define SPACEMOE_COORDINATOR_TEXT_TEXT_CODEC_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/core/text_decoder.h"
#include "coordinator/text/prompt.h"
#include "models/chat/tokenizer_bundle.h"

namespace spacemoe {

// Immutable, hence thread-safe. A checkpoint without a tokenizer, or with one
// that can't be read, still serves prompts of token ids: the reason why there
// is none is told to who asks with text.
class TextCodec {
 public:
  // `model`: as Checkpoint::Open takes it.
  static std::unique_ptr<TextCodec> Open(const std::string& model);

  bool has_tokenizer() const { return bundle_.ok(); }

  // Text is encoded with the tokenizer's special tokens. A chat is rendered
  // with the chat template, with a generation prompt, and encoded as it is.
  // Token ids pass unchecked. Errors: no tokenizer, no chat template, or what
  // those say.
  absl::StatusOr<std::vector<int64_t>> Encode(const Prompt& prompt) const;

  // Ids of a text, nothing added.
  absl::StatusOr<std::vector<int64_t>> EncodePlain(
      const std::string& text) const;

  // Without special tokens; needs a tokenizer.
  std::string Decode(const std::vector<int64_t>& ids) const;

  // With special tokens as they are spelt. Errors: no tokenizer.
  absl::StatusOr<std::string> DecodeAll(const std::vector<int64_t>& ids) const;

  // The bytes of a token, as Tokenizer::PieceOf; empty without a tokenizer.
  std::string PieceOf(int64_t id) const;

  // Null without a tokenizer. The codec outlives the decoder.
  std::unique_ptr<TextDecoder> NewDecoder() const;

 private:
  explicit TextCodec(absl::StatusOr<TokenizerBundle> bundle)
      : bundle_(std::move(bundle)) {}

  const absl::StatusOr<TokenizerBundle> bundle_;  // or why there is none
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_TEXT_TEXT_CODEC_H_
