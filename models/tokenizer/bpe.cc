#include "models/tokenizer/bpe.h"

#include "absl/strings/str_cat.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status NotInVocabulary(size_t merge, std::string_view token) {
  return absl::InvalidArgumentError(
      absl::StrCat("merge ", merge, " names the token \"", std::string(token),
                   "\", which is not in the vocabulary"));
}

// Collects characters without a token until one that has one comes.
class UnknownRun {
 public:
  UnknownRun(int32_t id, bool fuse) : id_(id), fuse_(fuse) {}
  void Add(std::vector<int32_t>* symbols) {
    if (pending_ && !fuse_) symbols->push_back(id_);
    pending_ = true;
  }
  void Flush(std::vector<int32_t>* symbols) {
    if (pending_) symbols->push_back(id_);
    pending_ = false;
  }

 private:
  const int32_t id_;
  const bool fuse_;
  bool pending_ = false;
};

}  // namespace

std::optional<std::pair<std::string, std::string>> SplitMerge(
    std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  if (text.find(' ', space + 1) != std::string_view::npos) return std::nullopt;
  return std::make_pair(std::string(text.substr(0, space)),
                        std::string(text.substr(space + 1)));
}

Bpe::Bpe(BpeOptions options)
    : options_(std::move(options)),
      byte_tokens_(FindByteTokens(options_.vocabulary)) {}

absl::StatusOr<std::unique_ptr<Bpe>> Bpe::Create(BpeOptions options) {
  std::unique_ptr<Bpe> bpe(new Bpe(std::move(options)));
  SPACEMOE_RETURN_IF_ERROR(bpe->SetMerges());
  const auto& unknown = bpe->options_.unk_token;
  if (unknown.has_value()) {
    bpe->unk_id_ = bpe->vocabulary().Find(*unknown);
    if (!bpe->unk_id_.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the unknown token \"", *unknown, "\" is not in the vocabulary"));
    }
  }
  return bpe;
}

absl::Status Bpe::SetMerges() {
  const auto pairs = std::exchange(options_.merges, {});
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto& [left, right] = pairs[i];
    const auto left_id = vocabulary().Find(left);
    if (!left_id.has_value()) return NotInVocabulary(i, left);
    const auto right_id = vocabulary().Find(right);
    if (!right_id.has_value()) return NotInVocabulary(i, right);
    const size_t prefix = options_.continuing_subword_prefix.size();
    const std::string merged =
        left + (right.size() >= prefix ? right.substr(prefix) : "");
    const auto result = vocabulary().Find(merged);
    if (!result.has_value()) return NotInVocabulary(i, merged);
    merges_.Set(*left_id, *right_id, {static_cast<int32_t>(i), *result});
  }
  return absl::OkStatus();
}

absl::Status Bpe::Tokenize(std::string_view word,
                           std::vector<int32_t>* ids) const {
  if (options_.ignore_merges) {
    if (const auto whole = vocabulary().Find(word); whole.has_value()) {
      ids->push_back(*whole);
      return absl::OkStatus();
    }
  }
  if (cache_.Find(word, ids)) return absl::OkStatus();
  std::vector<int32_t> symbols = FirstSymbols(word);
  MergeSymbols(merges_, &symbols);
  cache_.Insert(word, symbols);
  ids->insert(ids->end(), symbols.begin(), symbols.end());
  return absl::OkStatus();
}

std::vector<int32_t> Bpe::FirstSymbols(std::string_view word) const {
  std::vector<int32_t> symbols;
  symbols.reserve(word.size());
  UnknownRun unknown(unk_id_.value_or(0), options_.fuse_unk);
  ForEachCodePoint(word, [&](CodePoint point, size_t at) {
    const std::string_view character = word.substr(at, point.length);
    const bool is_last = at + point.length == word.size();
    const auto token = CharacterToken(character, at == 0, is_last);
    if (token.has_value()) {
      unknown.Flush(&symbols);
      symbols.push_back(*token);
      return;
    }
    const bool as_bytes = options_.byte_fallback &&
                          AppendByteTokens(byte_tokens_, character, &symbols);
    if (!as_bytes && unk_id_.has_value()) unknown.Add(&symbols);
  });
  unknown.Flush(&symbols);
  return symbols;
}

std::optional<int32_t> Bpe::CharacterToken(std::string_view character,
                                           bool is_first, bool is_last) const {
  const std::string& prefix = options_.continuing_subword_prefix;
  const std::string& suffix = options_.end_of_word_suffix;
  const bool plain =
      (is_first || prefix.empty()) && (!is_last || suffix.empty());
  if (plain) return vocabulary().Find(character);
  std::string token(is_first ? "" : prefix);
  token += character;
  if (is_last) token += suffix;
  return vocabulary().Find(token);
}

}  // namespace spacemoe
