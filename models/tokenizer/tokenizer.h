// Text to token ids and back, as a tokenizer.json or a GGUF file says.
#ifndef SPACEMOE_MODELS_TOKENIZER_TOKENIZER_H_
#define SPACEMOE_MODELS_TOKENIZER_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/tokenizer/decoder.h"
#include "models/tokenizer/gguf_tokenizer_data.h"
#include "models/tokenizer/sentence_piece_files.h"

namespace spacemoe {

// The steps of a tokenizer, put together by a parser.
struct TokenizerParts;

// Immutable and thread-safe.
class Tokenizer {
 public:
  // Errors name the file, the field, what was expected and what was found.
  static absl::StatusOr<std::unique_ptr<Tokenizer>> FromJsonFile(
      const std::string& path);
  // `source` names the text in errors.
  static absl::StatusOr<std::unique_ptr<Tokenizer>> FromJson(
      std::string_view text, const std::string& source);
  static absl::StatusOr<std::unique_ptr<Tokenizer>> FromGguf(
      const GgufTokenizerData& data);

  // A tokenizer.model alone. Special tokens that a text spells are found, which
  // sentencepiece itself does not do, and bos or eos are added, as Hugging
  // Face's tokenizers do for such files: as tokenizer_config.json says
  // (add_bos_token, add_eos_token, add_prefix_space, added_tokens_decoder,
  // legacy), else the bos for BPE and the eos for Unigram without a bos.
  // Unimplemented names a kind of model other than BPE and Unigram.
  static absl::StatusOr<std::unique_ptr<Tokenizer>> FromSentencePiece(
      const SentencePieceFiles& files);

  explicit Tokenizer(std::unique_ptr<const TokenizerParts> parts);
  ~Tokenizer();

  // InvalidArgument if `text` is not UTF-8. `add_special_tokens`: what the
  // post-processor adds (bos, eos); special tokens that the text spells are
  // found either way.
  absl::StatusOr<std::vector<int64_t>> Encode(std::string_view text,
                                              bool add_special_tokens) const;

  // Always UTF-8; what is not becomes U+FFFD. Ids without a token are left
  // out, so are special tokens if `skip_special_tokens`.
  std::string Decode(const std::vector<int64_t>& ids,
                     bool skip_special_tokens) const;

  // The bytes that a token adds in the middle of a text, special tokens as they
  // are spelt; not always whole characters. Empty for an id without a token.
  std::string PieceOf(int64_t id) const;

  // The largest id plus one.
  int64_t vocab_size() const;
  std::optional<int64_t> TokenToId(std::string_view token) const;
  std::optional<std::string> IdToToken(int64_t id) const;
  bool IsSpecial(int64_t id) const;

 private:
  friend class StreamDecoder;
  const std::string* Find(int64_t id) const;
  absl::Status EncodeSection(std::string_view text, bool at_start,
                             std::vector<int32_t>* ids) const;
  absl::Status EncodePlain(std::string_view text, bool at_start,
                           std::vector<int32_t>* ids) const;
  absl::Status EncodeText(std::string_view text,
                          std::vector<int32_t>* ids) const;

  const std::unique_ptr<const TokenizerParts> parts_;
};

// Decodes ids one at a time. What Push returns is whole characters; all of it
// together, with Flush at the end, is what Decode gives for all ids.
class StreamDecoder {
 public:
  // `tokenizer` outlives the decoder.
  StreamDecoder(const Tokenizer& tokenizer, bool skip_special_tokens);

  std::string Push(int64_t id);
  std::string Flush();

 private:
  const Tokenizer& tokenizer_;
  const bool skip_special_tokens_;
  DecodeChain chain_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_TOKENIZER_H_
