#include "models/chat/text.h"

#include <cstring>

#include "models/tokenizer/utf8.h"

namespace spacemoe::jinja {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool StripsAway(std::string_view character,
                std::optional<std::string_view> characters) {
  if (characters.has_value()) {
    return characters->find(character) != std::string_view::npos;
  }
  // Python also takes the separators 0x1C to 0x1F for white space.
  const char32_t c = DecodeCodePoint(character, 0).value;
  return IsWhitespace(c) || (c >= 0x1C && c <= 0x1F);
}

size_t LastCharacterStart(std::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80) {
    --start;
  }
  return start;
}

bool IsLineEnd(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 ||
         c == 0x2028 || c == 0x2029;
}

}  // namespace

std::vector<std::string_view> SplitCharacters(std::string_view text) {
  std::vector<std::string_view> characters;
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    characters.push_back(text.substr(at, point.length));
  });
  return characters;
}

size_t FindText(std::string_view text, std::string_view needle, size_t from) {
  if (from > text.size()) return kNone;
  if (needle.empty()) return from;
  // AddressSanitizer looks at the whole rest of the text in each memmem.
  if (needle.size() == 1) {
    const size_t at = text.find(needle[0], from);
    return at == std::string_view::npos ? kNone : at;
  }
  const void* found = memmem(text.data() + from, text.size() - from,
                             needle.data(), needle.size());
  if (found == nullptr) return kNone;
  return static_cast<const char*>(found) - text.data();
}

size_t FindTextFromEnd(std::string_view text, std::string_view needle) {
  const std::string backwards(text.rbegin(), text.rend());
  const std::string wanted(needle.rbegin(), needle.rend());
  const size_t found = FindText(backwards, wanted);
  return found == kNone ? kNone : text.size() - found - needle.size();
}

std::string_view StripText(std::string_view text,
                           std::optional<std::string_view> characters,
                           Side side) {
  while (side != Side::kRight && !text.empty()) {
    const size_t length = DecodeCodePoint(text, 0).length;
    if (!StripsAway(text.substr(0, length), characters)) break;
    text.remove_prefix(length);
  }
  while (side != Side::kLeft && !text.empty()) {
    const size_t start = LastCharacterStart(text);
    if (!StripsAway(text.substr(start), characters)) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

std::vector<std::string_view> SplitAtSpaces(std::string_view text,
                                            int64_t limit) {
  std::vector<std::string_view> words;
  text = StripText(text, std::nullopt, Side::kLeft);
  while (!text.empty()) {
    if (limit >= 0 && static_cast<int64_t>(words.size()) == limit) {
      words.push_back(StripText(text, std::nullopt, Side::kRight));
      break;
    }
    size_t end = 0;
    while (end < text.size()) {
      const size_t length = DecodeCodePoint(text, end).length;
      if (StripsAway(text.substr(end, length), std::nullopt)) break;
      end += length;
    }
    words.push_back(text.substr(0, end));
    text = StripText(text.substr(end), std::nullopt, Side::kLeft);
  }
  return words;
}

std::vector<std::string_view> SplitText(std::string_view text,
                                        std::string_view separator,
                                        int64_t limit) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  while (limit < 0 || static_cast<int64_t>(parts.size()) < limit) {
    const size_t at = FindText(text, separator, begin);
    if (at == kNone) break;
    parts.push_back(text.substr(begin, at - begin));
    begin = at + separator.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::vector<std::string_view> SplitTextFromEnd(std::string_view text,
                                               std::string_view separator,
                                               int64_t limit) {
  const std::string backwards(text.rbegin(), text.rend());
  const std::string wanted(separator.rbegin(), separator.rend());
  const auto reversed = SplitText(backwards, wanted, limit);
  std::vector<std::string_view> parts;
  for (auto part = reversed.rbegin(); part != reversed.rend(); ++part) {
    const size_t end = text.size() - (part->data() - backwards.data());
    parts.push_back(text.substr(end - part->size(), part->size()));
  }
  return parts;
}

std::vector<std::string_view> SplitLines(std::string_view text,
                                         bool keep_ends) {
  std::vector<std::string_view> lines;
  size_t begin = 0;
  size_t skip_to = 0;  // behind the \n of a \r\n
  ForEachCodePoint(text, [&](CodePoint point, size_t at) {
    if (at < skip_to || !IsLineEnd(point.value)) return;
    const bool pair = point.value == '\r' && text.substr(at + 1, 1) == "\n";
    skip_to = at + point.length + (pair ? 1 : 0);
    lines.push_back(text.substr(begin, (keep_ends ? skip_to : at) - begin));
    begin = skip_to;
  });
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return lines;
}

std::string ReplaceText(std::string_view text, std::string_view from,
                        std::string_view to, int64_t limit) {
  std::string out;
  size_t begin = 0;
  for (int64_t done = 0; limit < 0 || done < limit; ++done) {
    const size_t at =
        from.empty() && done > 0
            ? (begin < text.size() ? begin + DecodeCodePoint(text, begin).length
                                   : kNone)
            : FindText(text, from, begin);
    if (at == kNone) break;
    out.append(text.substr(begin, at - begin)).append(to);
    begin = at + from.size();
  }
  return out.append(text.substr(begin));
}

int64_t CountText(std::string_view text, std::string_view needle) {
  if (needle.empty()) return CountCharacters(text) + 1;
  int64_t count = 0;
  for (size_t at = FindText(text, needle); at != kNone;
       at = FindText(text, needle, at + needle.size())) {
    ++count;
  }
  return count;
}

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

}  // namespace spacemoe::jinja
