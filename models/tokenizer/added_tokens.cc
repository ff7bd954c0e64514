#include "models/tokenizer/added_tokens.h"

#include <algorithm>
#include <utility>

#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Where the last code point of text[0, end) begins; end > 0.
size_t PreviousStart(std::string_view text, size_t end) {
  size_t start = end - 1;
  while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80) {
    --start;
  }
  return start;
}

bool IsAloneAsWord(std::string_view text, const Span& span) {
  const bool word_before =
      span.begin > 0 &&
      IsWordCharacter(
          DecodeCodePoint(text, PreviousStart(text, span.begin)).value);
  const bool word_behind =
      span.end < text.size() &&
      IsWordCharacter(DecodeCodePoint(text, span.end).value);
  return !word_before && !word_behind;
}

size_t SkipSpacesBackward(std::string_view text, size_t end) {
  while (end > 0) {
    const size_t start = PreviousStart(text, end);
    if (!IsWhitespace(DecodeCodePoint(text, start).value)) break;
    end = start;
  }
  return end;
}

size_t SkipSpacesForward(std::string_view text, size_t begin) {
  while (begin < text.size()) {
    const CodePoint point = DecodeCodePoint(text, begin);
    if (!IsWhitespace(point.value)) break;
    begin += point.length;
  }
  return begin;
}

absl::StatusOr<AddedToken> ParseToken(const JsonField& field) {
  AddedToken token;
  SPACEMOE_ASSIGN_OR_RETURN(token.content, field["content"].String());
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t id,
                            field["id"].Integer(0, kMaxTokenId));
  token.id = static_cast<int32_t>(id);
  SPACEMOE_ASSIGN_OR_RETURN(token.special, field["special"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.single_word,
                            field["single_word"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.lstrip, field["lstrip"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.rstrip, field["rstrip"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.normalized,
                            field["normalized"].BoolOr(!token.special));
  return token;
}

}  // namespace

absl::StatusOr<AddedTokens> AddedTokens::Create(std::vector<AddedToken> tokens,
                                                const Normalizer& normalizer) {
  AddedTokens added;
  added.tokens_ = std::move(tokens);
  for (size_t i = 0; i < added.tokens_.size(); ++i) {
    const AddedToken& token = added.tokens_[i];
    if (token.content.empty()) continue;
    added.vocabulary_.Add(token.content, token.id);
    if (token.special) added.special_.insert(token.content);
    if (!token.normalized) {
      added.raw_.Add(token.content, static_cast<int32_t>(i));
      continue;
    }
    std::string key = token.content;
    if (normalizer) {
      SPACEMOE_ASSIGN_OR_RETURN(key, normalizer(token.content));
    }
    if (!key.empty()) added.normalized_.Add(key, static_cast<int32_t>(i));
  }
  return added;
}

std::vector<AddedTokens::Section> AddedTokens::SplitRaw(
    std::string_view text) const {
  return Split(raw_, text);
}

std::vector<AddedTokens::Section> AddedTokens::SplitNormalized(
    std::string_view text) const {
  return Split(normalized_, text);
}

std::vector<AddedTokens::Section> AddedTokens::Split(
    const ByteTrie& trie, std::string_view text) const {
  std::vector<Section> sections;
  size_t done = 0;
  for (size_t at = trie.empty() ? text.size() : 0; at < text.size();) {
    Span span = {at, at};
    const AddedToken* token = nullptr;
    trie.ForEachPrefix(text.substr(at), [&](size_t length, int32_t index) {
      span.end = at + length;
      token = &tokens_[index];
    });
    at = token == nullptr ? at + 1 : span.end;
    if (token == nullptr) continue;
    if (token->single_word && !IsAloneAsWord(text, span)) continue;
    if (token->lstrip) {
      span.begin = std::max(SkipSpacesBackward(text, span.begin), done);
    }
    if (token->rstrip) span.end = SkipSpacesForward(text, span.end);
    if (done < span.begin)
      sections.push_back({std::nullopt, {done, span.begin}});
    sections.push_back({token->id, span});
    done = span.end;
  }
  if (done < text.size())
    sections.push_back({std::nullopt, {done, text.size()}});
  return sections;
}

absl::StatusOr<std::vector<AddedToken>> ParseAddedTokens(
    const JsonField& field, const Vocabulary& model) {
  std::vector<AddedToken> tokens;
  if (field.IsNull()) return tokens;
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field.Array());
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(AddedToken token, ParseToken(item));
    token.id = model.Find(token.content).value_or(token.id);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace spacemoe
