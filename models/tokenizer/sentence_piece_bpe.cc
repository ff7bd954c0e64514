#include "models/tokenizer/sentence_piece_bpe.h"

#include <algorithm>
#include <queue>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "models/tokenizer/oniguruma.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

struct Symbol {
  Span span;
  int64_t previous = -1;
  int64_t next = -1;
};

struct Candidate {
  float score;
  int64_t left;
  int64_t right;
  size_t bytes;  // of both together: other now, and the pair is gone
  bool operator<(const Candidate& other) const {
    if (score != other.score) return score < other.score;
    return left > other.left;
  }
};

// The symbols of one word, merged until no pair is a piece.
class Merger {
 public:
  // How a piece that may not stay is split again, by its text.
  using Splits =
      absl::flat_hash_map<std::string_view,
                          std::pair<std::string_view, std::string_view>>;

  Merger(const SentencePieceBpe& model, std::string_view word)
      : model_(model), word_(word) {
    ForEachCodePoint(word, [&](CodePoint point, size_t at) {
      const auto index = static_cast<int64_t>(symbols_.size());
      symbols_.push_back({{at, at + point.length}, index - 1, index + 1});
    });
    if (!symbols_.empty()) symbols_.back().next = -1;
    for (const Symbol& symbol : symbols_) Offer(symbol.previous);
  }

  std::vector<std::string_view> Run() {
    while (!heap_.empty()) {
      const Candidate candidate = heap_.top();
      heap_.pop();
      if (StillThere(candidate)) Merge(candidate);
    }
    std::vector<std::string_view> texts;
    for (int64_t i = symbols_.empty() ? -1 : 0; i >= 0; i = symbols_[i].next) {
      texts.push_back(Text(symbols_[i].span));
    }
    return texts;
  }

  const Splits& splits() const { return splits_; }

 private:
  std::string_view Text(const Span& span) const {
    return word_.substr(span.begin, span.end - span.begin);
  }

  // The pair of `left` and its neighbour.
  void Offer(int64_t left) {
    if (left < 0 || symbols_[left].next < 0) return;
    const int64_t right = symbols_[left].next;
    const Span both = {symbols_[left].span.begin, symbols_[right].span.end};
    const std::string_view text = Text(both);
    const auto id = model_.FindPiece(text);
    if (!id.has_value()) return;
    heap_.push({model_.Score(*id), left, right, text.size()});
    if (!model_.IsUnused(*id)) return;
    splits_[text] = {Text(symbols_[left].span), Text(symbols_[right].span)};
  }

  bool StillThere(const Candidate& candidate) const {
    const Span& left = symbols_[candidate.left].span;
    const Span& right = symbols_[candidate.right].span;
    return left.begin != left.end && right.begin != right.end &&
           right.end - left.begin == candidate.bytes &&
           symbols_[candidate.left].next == candidate.right;
  }

  void Merge(const Candidate& candidate) {
    Symbol& left = symbols_[candidate.left];
    Symbol& right = symbols_[candidate.right];
    left.span.end = right.span.end;
    right.span.begin = right.span.end;
    left.next = right.next;
    if (left.next >= 0) symbols_[left.next].previous = candidate.left;
    Offer(left.previous);
    Offer(candidate.left);
  }

  const SentencePieceBpe& model_;
  const std::string_view word_;
  std::vector<Symbol> symbols_;
  std::priority_queue<Candidate> heap_;
  Splits splits_;
};

}  // namespace

SentencePieceBpe::SentencePieceBpe(const SentencePieceModel& model)
    : byte_fallback_(model.byte_fallback) {
  for (size_t i = 0; i < model.pieces.size(); ++i) {
    const auto& [text, score, type] = model.pieces[i];
    const auto id = static_cast<int32_t>(i);
    vocabulary_.Add(text, id);
    scores_.push_back(score);
    unused_.push_back(type == SentencePieceType::kUnused);
    if (type == SentencePieceType::kUnknown) unk_id_ = id;
    const bool reachable = type == SentencePieceType::kNormal ||
                           type == SentencePieceType::kUserDefined ||
                           type == SentencePieceType::kUnused;
    if (reachable && !text.empty()) pieces_.Add(text, id);
  }
  byte_tokens_ = FindByteTokens(vocabulary_);
}

absl::Status SentencePieceBpe::EmitUnknown(std::string_view text,
                                           bool after_unknown,
                                           std::vector<int32_t>* ids) const {
  if (byte_fallback_ && AppendByteTokens(byte_tokens_, text, ids)) {
    return absl::OkStatus();
  }
  if (!unk_id_.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", std::string(text),
                     "\" has no token, and the tokenizer no unknown token"));
  }
  if (!after_unknown) ids->push_back(*unk_id_);
  return absl::OkStatus();
}

absl::Status SentencePieceBpe::Tokenize(std::string_view word,
                                        std::vector<int32_t>* ids) const {
  Merger merger(*this, word);
  std::vector<std::string_view> left = merger.Run();
  std::reverse(left.begin(), left.end());
  bool after_unknown = false;
  while (!left.empty()) {
    const std::string_view text = left.back();
    left.pop_back();
    const auto id = FindPiece(text);
    const auto split = merger.splits().find(text);
    if (id.has_value() && unused_[*id] && split != merger.splits().end()) {
      left.push_back(split->second.second);
      left.push_back(split->second.first);
    } else if (id.has_value()) {
      ids->push_back(*id);
      after_unknown = false;
    } else {
      SPACEMOE_RETURN_IF_ERROR(EmitUnknown(text, after_unknown, ids));
      after_unknown = true;
    }
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
