#include "models/tokenizer/charsmap.h"

#include <utf8proc.h>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/utf8.h"

namespace spacemoe {
namespace {

constexpr size_t kUnitBytes = 4;

uint32_t ReadUnit(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < kUnitBytes; ++i) {
    value |= uint32_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  }
  return value;
}

// The fields of a unit of Darts-clone.
bool HasLeaf(uint32_t unit) { return ((unit >> 8) & 1) != 0; }
uint32_t Value(uint32_t unit) { return unit & 0x7FFFFFFFu; }
uint32_t Label(uint32_t unit) { return unit & 0x800000FFu; }
uint32_t Offset(uint32_t unit) {
  return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}

// Where the grapheme cluster that starts at `begin` ends.
size_t GraphemeEnd(std::string_view text, size_t begin) {
  CodePoint previous = DecodeCodePoint(text, begin);
  size_t at = begin + previous.length;
  utf8proc_int32_t state = 0;
  while (at < text.size()) {
    const CodePoint next = DecodeCodePoint(text, at);
    if (utf8proc_grapheme_break_stateful(
            static_cast<utf8proc_int32_t>(previous.value),
            static_cast<utf8proc_int32_t>(next.value), &state)) {
      break;
    }
    previous = next;
    at += next.length;
  }
  return at;
}

void ReplaceCharacters(const Charsmap& charsmap, std::string_view text,
                       std::string* out) {
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    const std::string_view character = text.substr(at, point.length);
    const auto match = charsmap.Shortest(character);
    out->append(match.has_value() ? match->replacement : character);
  });
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Charsmap>> Charsmap::Create(
    std::string_view blob) {
  const size_t trie_bytes = blob.size() < kUnitBytes ? 0 : ReadUnit(blob, 0);
  if (blob.size() < kUnitBytes || trie_bytes % kUnitBytes != 0 ||
      trie_bytes > blob.size() - kUnitBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the compiled normalization rules are cut short: ", blob.size(),
        " bytes, of which the trie takes ", trie_bytes));
  }
  auto charsmap = std::make_shared<Charsmap>();
  for (size_t at = 0; at < trie_bytes; at += kUnitBytes) {
    charsmap->units_.push_back(ReadUnit(blob, kUnitBytes + at));
  }
  charsmap->pool_ = blob.substr(kUnitBytes + trie_bytes);
  if (const auto at = FindInvalidUtf8(charsmap->pool_); at.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the compiled normalization rules are not UTF-8 at byte ", *at));
  }
  return charsmap;
}

std::optional<uint32_t> Charsmap::Unit(uint32_t index) const {
  if (index >= units_.size()) return std::nullopt;
  return units_[index];
}

// Calls visit(Match) for each key that `text` begins with, shorter ones first,
// until it returns false.
template <typename Visit>
void Charsmap::ForEachPrefix(std::string_view text, Visit visit) const {
  auto unit = Unit(0);
  if (!unit.has_value()) return;
  uint32_t node = Offset(*unit);
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    node ^= byte;
    unit = Unit(node);
    if (!unit.has_value() || Label(*unit) != byte) return;
    node ^= Offset(*unit);
    if (!HasLeaf(*unit)) continue;
    const auto leaf = Unit(node);
    if (!leaf.has_value() || Value(*leaf) >= pool_.size()) return;
    const char* replacement = pool_.c_str() + Value(*leaf);
    const bool in_character =
        (static_cast<uint8_t>(*replacement) & 0xC0) == 0x80;
    if (in_character || !visit(Match{i + 1, replacement})) return;
  }
}

std::optional<Charsmap::Match> Charsmap::Longest(std::string_view text) const {
  std::optional<Match> longest;
  ForEachPrefix(text, [&](const Match& match) {
    longest = match;
    return true;
  });
  return longest;
}

std::optional<Charsmap::Match> Charsmap::Shortest(std::string_view text) const {
  std::optional<Match> shortest;
  ForEachPrefix(text, [&](const Match& match) {
    shortest = match;
    return false;
  });
  return shortest;
}

std::string ApplyLongest(const Charsmap& charsmap, std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t character = DecodeCodePoint(text, at).length;
    const auto match = charsmap.Longest(text.substr(at));
    // A key that ends within a character is not one of sentencepiece's.
    const bool whole = match.has_value() && match->length >= character &&
                       !FindInvalidUtf8(text.substr(at, match->length));
    out.append(whole ? match->replacement : text.substr(at, character));
    at += whole ? match->length : character;
  }
  return out;
}

std::string ApplyByGrapheme(const Charsmap& charsmap, std::string_view text) {
  constexpr size_t kShortGrapheme = 6;  // bytes, exclusive
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = GraphemeEnd(text, at);
    const std::string_view grapheme = text.substr(at, end - at);
    at = end;
    std::optional<Charsmap::Match> match;
    if (grapheme.size() < kShortGrapheme) match = charsmap.Shortest(grapheme);
    if (match.has_value()) {
      out.append(match->replacement);
    } else {
      ReplaceCharacters(charsmap, grapheme, &out);
    }
  }
  return out;
}

}  // namespace spacemoe
