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

// Ids are given out anew, as Hugging Face's library does when it reads a file;
// a second token of the same text replaces the first one and keeps its id.
class Numbering {
 public:
  explicit Numbering(const Vocabulary& model)
      : model_(model), next_(static_cast<int64_t>(model.size())) {}

  void Append(AddedToken token) {
    if (token.content.empty()) return;
    const auto [entry, added] =
        places_.try_emplace(token.content, tokens_.size());
    if (!added) {
      token.id = tokens_[entry->second].id;
      tokens_[entry->second] = std::move(token);
      return;
    }
    const auto known = model_.Find(token.content);
    token.id = known.value_or(static_cast<int32_t>(next_));
    next_ = std::min(std::max(next_, int64_t{token.id} + 1), kMaxTokenId);
    tokens_.push_back(std::move(token));
  }

  std::vector<AddedToken> Take() { return std::move(tokens_); }

 private:
  const Vocabulary& model_;
  int64_t next_;  // behind the model's ids and those given out so far
  std::vector<AddedToken> tokens_;
  absl::flat_hash_map<std::string, size_t> places_;  // in tokens_
};

}  // namespace

absl::StatusOr<AddedToken> ParseAddedToken(const JsonField& field) {
  AddedToken token;
  SPACEMOE_ASSIGN_OR_RETURN(token.content, field["content"].String());
  SPACEMOE_ASSIGN_OR_RETURN(token.special, field["special"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.single_word,
                            field["single_word"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.lstrip, field["lstrip"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.rstrip, field["rstrip"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(token.normalized,
                            field["normalized"].BoolOr(!token.special));
  return token;
}

absl::StatusOr<AddedTokens> AddedTokens::Create(std::vector<AddedToken> tokens,
                                                const Normalizer& normalizer) {
  AddedTokens added;
  added.tokens_ = std::move(tokens);
  for (size_t i = 0; i < added.tokens_.size(); ++i) {
    const AddedToken& token = added.tokens_[i];
    if (token.content.empty()) continue;
    added.ids_[token.content] = token.id;
    if (token.special) added.special_.insert(token.content);
    std::string key = token.content;
    if (token.normalized && normalizer) {
      SPACEMOE_ASSIGN_OR_RETURN(key, normalizer(token.content));
    }
    added.texts_[token.id] = key;
    added.id_end_ = std::max(added.id_end_, int64_t{token.id} + 1);
    if (key.empty()) continue;
    ByteTrie& trie = token.normalized ? added.normalized_ : added.raw_;
    trie.Add(key, static_cast<int32_t>(i));
  }
  return added;
}

std::optional<int32_t> AddedTokens::Find(std::string_view content) const {
  const auto entry = ids_.find(content);
  if (entry == ids_.end()) return std::nullopt;
  return entry->second;
}

const std::string* AddedTokens::Text(int32_t id) const {
  const auto entry = texts_.find(id);
  return entry == texts_.end() ? nullptr : &entry->second;
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
  Numbering numbering(model);
  if (field.IsNull()) return numbering.Take();
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, field.Array());
  for (const JsonField& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(AddedToken token, ParseAddedToken(item));
    SPACEMOE_RETURN_IF_ERROR(item["id"].Integer(0, kMaxTokenId).status());
    numbering.Append(std::move(token));
  }
  return numbering.Take();
}

}  // namespace spacemoe
