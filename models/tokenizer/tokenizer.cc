#include "models/tokenizer/tokenizer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/byte_level.h"
#include "models/tokenizer/decode_stages.h"
#include "models/tokenizer/tokenizer_parts.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

Tokenizer::Tokenizer(std::unique_ptr<const TokenizerParts> parts)
    : parts_(std::move(parts)) {}

Tokenizer::~Tokenizer() = default;

absl::StatusOr<std::vector<int64_t>> Tokenizer::Encode(
    std::string_view text, bool add_special_tokens) const {
  if (const auto invalid = FindInvalidUtf8(text); invalid.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the text is not UTF-8: byte ", *invalid, " of ", text.size()));
  }
  std::vector<int32_t> ids;
  SPACEMOE_RETURN_IF_ERROR(EncodeText(text, &ids));
  SPACEMOE_RETURN_IF_ERROR(
      parts_->post_processor.Apply(add_special_tokens, &ids));
  return std::vector<int64_t>(ids.begin(), ids.end());
}

absl::Status Tokenizer::EncodeText(std::string_view text,
                                   std::vector<int32_t>* ids) const {
  for (const auto& section : parts_->added_tokens.SplitRaw(text)) {
    const auto [begin, end] = section.span;
    if (section.id.has_value()) {
      ids->push_back(*section.id);
    } else {
      SPACEMOE_RETURN_IF_ERROR(
          EncodeSection(text.substr(begin, end - begin), begin == 0, ids));
    }
  }
  return absl::OkStatus();
}

absl::Status Tokenizer::EncodeSection(std::string_view text, bool at_start,
                                      std::vector<int32_t>* ids) const {
  std::string normalized(text);
  if (parts_->normalizer) {
    SPACEMOE_ASSIGN_OR_RETURN(normalized, parts_->normalizer(normalized));
  }
  const std::string_view view = normalized;
  for (const auto& section : parts_->added_tokens.SplitNormalized(view)) {
    const auto [begin, end] = section.span;
    if (section.id.has_value()) {
      ids->push_back(*section.id);
    } else {
      SPACEMOE_RETURN_IF_ERROR(EncodePlain(view.substr(begin, end - begin),
                                           at_start && begin == 0, ids));
    }
  }
  return absl::OkStatus();
}

absl::Status Tokenizer::EncodePlain(std::string_view text, bool at_start,
                                    std::vector<int32_t>* ids) const {
  std::vector<Piece> pieces = {{std::string(text), at_start}};
  SPACEMOE_RETURN_IF_ERROR(parts_->pre_tokenizer(&pieces));
  for (const Piece& piece : pieces) {
    if (piece.text.empty()) continue;
    SPACEMOE_RETURN_IF_ERROR(parts_->model->Tokenize(piece.text, ids));
  }
  return absl::OkStatus();
}

std::string Tokenizer::Decode(const std::vector<int64_t>& ids,
                              bool skip_special_tokens) const {
  StreamDecoder decoder(*this, skip_special_tokens);
  std::string text;
  for (const int64_t id : ids) text += decoder.Push(id);
  return text + decoder.Flush();
}

std::string Tokenizer::PieceOf(int64_t id) const {
  const std::string* token = Find(id);
  if (token == nullptr) return "";
  if (parts_->added_tokens.Text(static_cast<int32_t>(id)) != nullptr) {
    return *token;
  }
  if (parts_->decoder.byte_level()) {
    return AlphabetToBytes(*token).value_or(*token);
  }
  if (const auto byte = ByteOfToken(*token)) return std::string(1, *byte);
  // Decoders treat the first token of a text in ways of their own.
  const auto decode = [this](const std::vector<std::string>& tokens) {
    DecodeChain chain = parts_->decoder.NewChain();
    std::string text;
    for (const std::string& part : tokens) text += chain.Push(part);
    return text + chain.Flush();
  };
  const std::string before = decode({"x"});
  const std::string both = decode({"x", *token});
  return both.starts_with(before) ? both.substr(before.size()) : *token;
}

int64_t Tokenizer::vocab_size() const {
  return std::max(parts_->model->vocabulary().id_end(),
                  parts_->added_tokens.id_end());
}

std::optional<int64_t> Tokenizer::TokenToId(std::string_view token) const {
  auto id = parts_->added_tokens.Find(token);
  if (!id.has_value()) id = parts_->model->vocabulary().Find(token);
  if (!id.has_value()) return std::nullopt;
  return int64_t{*id};
}

const std::string* Tokenizer::Find(int64_t id) const {
  if (id < 0 || id > kMaxTokenId) return nullptr;
  const auto narrow = static_cast<int32_t>(id);
  const auto* added = parts_->added_tokens.Text(narrow);
  return added != nullptr ? added : parts_->model->vocabulary().Token(narrow);
}

std::optional<std::string> Tokenizer::IdToToken(int64_t id) const {
  const std::string* token = Find(id);
  if (token == nullptr) return std::nullopt;
  return *token;
}

bool Tokenizer::IsSpecial(int64_t id) const {
  const std::string* token = Find(id);
  return token != nullptr && parts_->added_tokens.IsSpecial(*token);
}

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer,
                             bool skip_special_tokens)
    : tokenizer_(tokenizer),
      skip_special_tokens_(skip_special_tokens),
      chain_(tokenizer.parts_->decoder.NewChain()) {}

std::string StreamDecoder::Push(int64_t id) {
  const std::string* token = tokenizer_.Find(id);
  if (token == nullptr) return "";
  if (skip_special_tokens_ && tokenizer_.IsSpecial(id)) return "";
  return chain_.Push(*token);
}

std::string StreamDecoder::Flush() { return chain_.Flush(); }

}  // namespace spacemoe
