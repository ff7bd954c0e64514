// The steps that decoders are made of.
#ifndef SPACEMOE_MODELS_TOKENIZER_DECODE_STAGES_H_
#define SPACEMOE_MODELS_TOKENIZER_DECODE_STAGES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "models/tokenizer/decoder.h"
#include "models/tokenizer/pattern.h"

namespace spacemoe {

// These need whole tokens:
// GPT-2's alphabet to bytes; all tokens become one, passed on in parts.
std::unique_ptr<DecodeStage> NewByteLevelStage();
// <0xXX> to bytes. A run of them that is not UTF-8 becomes one U+FFFD for each
// byte, so a run is held until it ends.
std::unique_ptr<DecodeStage> NewByteFallbackStage();
std::unique_ptr<DecodeStage> NewReplaceStage(Pattern pattern,
                                             std::string content);
// Up to `start` and `stop` times `content` off the two ends of each token.
std::unique_ptr<DecodeStage> NewStripStage(char32_t content, int64_t start,
                                           int64_t stop);
// `suffix` at the end of a word becomes a space, at the end nothing.
std::unique_ptr<DecodeStage> NewBpeSuffixStage(std::string suffix);
std::unique_ptr<DecodeStage> NewWordPieceStage(std::string prefix,
                                               bool cleanup);

// Equal tokens in a row become one, the pad token none. `cleanup`: English
// spacing as NewWordPieceStage's, and `delimiter` becomes a space.
std::unique_ptr<DecodeStage> NewCtcStage(std::string pad, std::string delimiter,
                                         bool cleanup);

// These take parts:
// All tokens become one, passed on in parts.
std::unique_ptr<DecodeStage> NewFuseStage();
// `mark` becomes a space; in the first token nothing if `strip_first`.
std::unique_ptr<DecodeStage> NewMetaspaceStage(std::string mark,
                                               bool strip_first);
// A space between tokens.
std::unique_ptr<DecodeStage> NewJoinStage();
// As NewStripStage, for the start only.
std::unique_ptr<DecodeStage> NewStripStartStage(char32_t content,
                                                int64_t start);
// Parts to whole tokens, each held until the next one starts.
std::unique_ptr<DecodeStage> NewAssembleStage();

// The byte that a token <0xXX> stands for.
std::optional<char> ByteOfToken(std::string_view token);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_DECODE_STAGES_H_
