#include "models/tokenizer/decoder.h"

#include <utility>

#include "models/tokenizer/decode_stages.h"
#include "models/tokenizer/pattern.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kMaxDepth = 16;
constexpr int64_t kMaxStrip = 1 << 20;
constexpr char kKnown[] =
    "ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace, BPEDecoder, "
    "WordPiece, CTC, Sequence";

std::string Join(const std::vector<TokenPart>& parts) {
  std::string text;
  for (const TokenPart& part : parts) text += part.text;
  return text;
}

// Strings steps together, tokens made whole again before a step that needs
// them so.
class Builder {
 public:
  void AddForParts(Decoder::Factory factory) {
    decoder_.Append(std::move(factory));
  }
  void AddForTokens(Decoder::Factory factory) {
    if (in_parts_) decoder_.Append(NewAssembleStage);
    in_parts_ = false;
    decoder_.Append(std::move(factory));
  }
  // From here on tokens come in parts.
  void SetInParts() { in_parts_ = true; }
  void MarkByteLevel() { decoder_.MarkByteLevel(); }
  Decoder Take() { return std::move(decoder_); }

 private:
  Decoder decoder_;
  bool in_parts_ = false;
};

void AddByteLevel(Builder* builder) {
  builder->AddForTokens(NewByteLevelStage);
  builder->SetInParts();
  builder->MarkByteLevel();
}

void AddFuse(Builder* builder) {
  builder->AddForParts(NewFuseStage);
  builder->SetInParts();
}

absl::Status AddStrip(const JsonField& field, Builder* builder) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string content,
                            field["content"].String());
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t start,
                            field["start"].Integer(0, kMaxStrip));
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t stop,
                            field["stop"].Integer(0, kMaxStrip));
  const CodePoint point =
      content.empty() ? CodePoint() : DecodeCodePoint(content, 0);
  if (content.empty() || static_cast<size_t>(point.length) != content.size()) {
    return field["content"].Error("expected one character");
  }
  const char32_t c = point.value;
  if (stop == 0) {
    builder->AddForParts([=] { return NewStripStartStage(c, start); });
  } else {
    builder->AddForTokens([=] { return NewStripStage(c, start, stop); });
  }
  return absl::OkStatus();
}

absl::Status AddReplace(const JsonField& field, Builder* builder) {
  SPACEMOE_ASSIGN_OR_RETURN(const Pattern pattern,
                            ParsePattern(field["pattern"]));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string content,
                            field["content"].String());
  builder->AddForTokens([=] { return NewReplaceStage(pattern, content); });
  return absl::OkStatus();
}

absl::StatusOr<bool> PrependsNever(const JsonField& field) {
  const JsonField scheme = field["prepend_scheme"];
  if (scheme.IsNull()) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool adds,
                              field["add_prefix_space"].BoolOr(true));
    return !adds;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name, scheme.String());
  return name == "never";
}

absl::Status AddMetaspace(const JsonField& field, Builder* builder) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string mark,
                            field["replacement"].StringOr("\u2581"));
  SPACEMOE_ASSIGN_OR_RETURN(const bool never, PrependsNever(field));
  builder->AddForParts([=] { return NewMetaspaceStage(mark, !never); });
  return absl::OkStatus();
}

absl::Status AddBpeSuffix(const JsonField& field, Builder* builder) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string suffix,
                            field["suffix"].StringOr("</w>"));
  builder->AddForTokens([=] { return NewBpeSuffixStage(suffix); });
  return absl::OkStatus();
}

absl::Status AddWordPiece(const JsonField& field, Builder* builder) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string prefix,
                            field["prefix"].StringOr("##"));
  SPACEMOE_ASSIGN_OR_RETURN(const bool cleanup, field["cleanup"].BoolOr(true));
  builder->AddForTokens([=] { return NewWordPieceStage(prefix, cleanup); });
  return absl::OkStatus();
}

absl::Status AddCtc(const JsonField& field, Builder* builder) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string pad,
                            field["pad_token"].StringOr("<pad>"));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string delimiter,
                            field["word_delimiter_token"].StringOr("|"));
  SPACEMOE_ASSIGN_OR_RETURN(const bool cleanup, field["cleanup"].BoolOr(true));
  builder->AddForTokens([=] { return NewCtcStage(pad, delimiter, cleanup); });
  return absl::OkStatus();
}

absl::Status Add(const JsonField& field, int depth, Builder* builder);

absl::Status AddSequence(const JsonField& field, int depth, Builder* builder) {
  if (depth >= kMaxDepth) return field.Error("nested too deeply");
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field["decoders"].Array());
  for (const JsonField& item : items) {
    SPACEMOE_RETURN_IF_ERROR(Add(item, depth + 1, builder));
  }
  return absl::OkStatus();
}

absl::Status Add(const JsonField& field, int depth, Builder* builder) {
  const JsonField type_field = field["type"];
  SPACEMOE_ASSIGN_OR_RETURN(const std::string type, type_field.String());
  if (type == "ByteLevel") return AddByteLevel(builder), absl::OkStatus();
  if (type == "Fuse") return AddFuse(builder), absl::OkStatus();
  if (type == "ByteFallback") {
    return builder->AddForTokens(NewByteFallbackStage), absl::OkStatus();
  }
  if (type == "Strip") return AddStrip(field, builder);
  if (type == "Replace") return AddReplace(field, builder);
  if (type == "Metaspace") return AddMetaspace(field, builder);
  if (type == "BPEDecoder") return AddBpeSuffix(field, builder);
  if (type == "WordPiece") return AddWordPiece(field, builder);
  if (type == "CTC") return AddCtc(field, builder);
  if (type == "Sequence") return AddSequence(field, depth, builder);
  return type_field.Unknown("decoder type", type, kKnown);
}

}  // namespace

std::vector<TokenPart> DecodeChain::Run(size_t first_stage,
                                        std::vector<TokenPart> parts) {
  for (size_t i = first_stage; i < stages_.size(); ++i) {
    std::vector<TokenPart> next;
    for (const TokenPart& part : parts) stages_[i]->Push(part, &next);
    parts = std::move(next);
  }
  return parts;
}

std::string DecodeChain::Push(const std::string& token) {
  return Join(Run(0, {{token}}));
}

std::string DecodeChain::Flush() {
  std::string text;
  for (size_t i = 0; i < stages_.size(); ++i) {
    std::vector<TokenPart> held;
    stages_[i]->Flush(&held);
    text += Join(Run(i + 1, std::move(held)));
  }
  return text;
}

DecodeChain Decoder::NewChain() const {
  std::vector<std::unique_ptr<DecodeStage>> stages;
  for (const Factory& factory : factories_) stages.push_back(factory());
  return DecodeChain(std::move(stages));
}

absl::StatusOr<Decoder> ParseDecoder(const JsonField& field) {
  Builder builder;
  if (field.IsNull()) {
    builder.AddForParts(NewJoinStage);
  } else {
    SPACEMOE_RETURN_IF_ERROR(Add(field, 0, &builder));
  }
  return builder.Take();
}

Decoder ByteLevelDecoder() {
  Decoder decoder;
  decoder.Append(NewByteLevelStage);
  decoder.MarkByteLevel();
  return decoder;
}

}  // namespace spacemoe
