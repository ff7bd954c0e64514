#include "models/tokenizer/unigram.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr int32_t kUnknown = -2;

}  // namespace

Unigram::Unigram(UnigramOptions options) : options_(std::move(options)) {
  for (size_t id = 0; id < options_.pieces.size(); ++id) {
    vocabulary_.Add(options_.pieces[id], static_cast<int32_t>(id));
    const bool reachable =
        !options_.unreachable.contains(static_cast<int32_t>(id));
    if (options_.pieces[id].empty() || !reachable) continue;
    trie_.Add(options_.pieces[id], static_cast<int32_t>(id));
  }
  byte_tokens_ = FindByteTokens(vocabulary_);
  const auto lowest =
      std::min_element(options_.scores.begin(), options_.scores.end());
  unknown_score_ = *lowest - kUnknownPenalty;
}

absl::StatusOr<std::unique_ptr<Unigram>> Unigram::Create(
    UnigramOptions options) {
  if (options.pieces.empty()) {
    return absl::InvalidArgumentError("the vocabulary is empty");
  }
  const bool outside =
      options.unk_id.has_value() &&
      static_cast<size_t>(*options.unk_id) >= options.pieces.size();
  if (outside) {
    return absl::InvalidArgumentError(
        absl::StrCat("unk_id is ", *options.unk_id, ", but there are ",
                     options.pieces.size(), " pieces"));
  }
  return std::unique_ptr<Unigram>(new Unigram(std::move(options)));
}

std::vector<Unigram::Node> Unigram::BestPaths(std::string_view word) const {
  std::vector<Node> nodes(word.size() + 1);
  const auto reach = [&](size_t end, double score, size_t start, int32_t id) {
    Node& node = nodes[end];
    if (node.start >= 0 && score <= node.score) return;
    node = {score, static_cast<int64_t>(start), id};
  };
  ForEachCodePoint(word, [&](CodePoint point, size_t at) {
    const double so_far = nodes[at].score;
    bool has_single = false;
    trie_.ForEachPrefix(word.substr(at), [&](size_t length, int32_t id) {
      reach(at + length, so_far + options_.scores[id], at, id);
      has_single = has_single || length == static_cast<size_t>(point.length);
    });
    if (has_single) return;
    reach(at + point.length, so_far + unknown_score_, at, kUnknown);
  });
  return nodes;
}

std::vector<Unigram::Part> Unigram::BestParts(std::string_view word) const {
  const std::vector<Node> nodes = BestPaths(word);
  std::vector<Part> parts;
  for (size_t end = word.size(); end > 0;) {
    const Node& node = nodes[end];
    const auto begin = static_cast<size_t>(node.start);
    const bool unknown = node.id == kUnknown || options_.unk_id == node.id;
    if (unknown && !parts.empty() && parts.back().id == kUnknown) {
      parts.back().begin = begin;
    } else {
      parts.push_back({begin, end, unknown ? kUnknown : node.id});
    }
    end = begin;
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

absl::Status Unigram::EmitUnknown(std::string_view text,
                                  std::vector<int32_t>* ids) const {
  if (!options_.unk_id.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", std::string(text),
                     "\" has no token, and the tokenizer no unknown token"));
  }
  const auto whole = vocabulary_.Find(text);
  const bool as_bytes = !whole.has_value() && options_.byte_fallback &&
                        AppendByteTokens(byte_tokens_, text, ids);
  if (!as_bytes) ids->push_back(whole.value_or(*options_.unk_id));
  return absl::OkStatus();
}

absl::Status Unigram::Tokenize(std::string_view word,
                               std::vector<int32_t>* ids) const {
  for (const Part& part : BestParts(word)) {
    if (part.id != kUnknown) {
      ids->push_back(part.id);
      continue;
    }
    SPACEMOE_RETURN_IF_ERROR(
        EmitUnknown(word.substr(part.begin, part.end - part.begin), ids));
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
