// The decoder of a tokenizer.json: tokens to text, one token at a time.
#ifndef SPACEMOE_MODELS_TOKENIZER_DECODER_H_
#define SPACEMOE_MODELS_TOKENIZER_DECODER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/tokenizer/json_field.h"

namespace spacemoe {

// A token on its way to text, or a part of one.
struct TokenPart {
  std::string text;  // valid UTF-8
  bool starts_token = true;
};

// One step. It passes on what can no longer change, and the rest at the end.
class DecodeStage {
 public:
  virtual ~DecodeStage() = default;
  virtual void Push(const TokenPart& part, std::vector<TokenPart>* out) = 0;
  virtual void Flush(std::vector<TokenPart>* out) = 0;
};

// The steps of one text, in order. Decoding a whole text and decoding it token
// by token go the same way, so that they give the same.
class DecodeChain {
 public:
  explicit DecodeChain(std::vector<std::unique_ptr<DecodeStage>> stages)
      : stages_(std::move(stages)) {}

  std::string Push(const std::string& token);
  // What was held back. The chain is not used after it.
  std::string Flush();

 private:
  std::vector<TokenPart> Run(size_t first_stage, std::vector<TokenPart> parts);

  std::vector<std::unique_ptr<DecodeStage>> stages_;
};

// Makes a chain for a new text. Thread-safe.
class Decoder {
 public:
  using Factory = std::function<std::unique_ptr<DecodeStage>()>;

  void Append(Factory factory) { factories_.push_back(std::move(factory)); }
  // Tokens are spelt in GPT-2's alphabet.
  void MarkByteLevel() { byte_level_ = true; }
  bool byte_level() const { return byte_level_; }
  DecodeChain NewChain() const;

 private:
  std::vector<Factory> factories_;
  bool byte_level_ = false;
};

// Known types: ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace,
// BPEDecoder, WordPiece, CTC, Sequence; null puts a space between tokens.
absl::StatusOr<Decoder> ParseDecoder(const JsonField& field);

Decoder ByteLevelDecoder();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_DECODER_H_
