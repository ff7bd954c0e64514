#include "models/tokenizer/pattern.h"

#include <algorithm>
#include <utility>

#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

struct Section {
  Span span;
  bool is_match = false;
};

// The whole text as sections, matches and what lies between them.
std::vector<Section> Cover(const std::vector<Span>& matches, size_t size,
                           bool invert) {
  std::vector<Section> sections;
  size_t end = 0;
  for (const Span& match : matches) {
    if (end != match.begin) sections.push_back({{end, match.begin}, invert});
    sections.push_back({match, !invert});
    end = match.end;
  }
  if (end != size) sections.push_back({{end, size}, invert});
  return sections;
}

std::vector<Span> KeepGaps(const std::vector<Section>& sections) {
  std::vector<Span> spans;
  for (const Section& section : sections) {
    if (!section.is_match) spans.push_back(section.span);
  }
  return spans;
}

std::vector<Span> KeepAll(const std::vector<Section>& sections) {
  std::vector<Span> spans;
  for (const Section& section : sections) spans.push_back(section.span);
  return spans;
}

std::vector<Span> JoinRuns(const std::vector<Section>& sections) {
  std::vector<Span> spans;
  for (size_t i = 0; i < sections.size(); ++i) {
    if (i > 0 && sections[i].is_match == sections[i - 1].is_match) {
      spans.back().end = sections[i].span.end;
    } else {
      spans.push_back(sections[i].span);
    }
  }
  return spans;
}

std::vector<Span> MergeWithPrevious(const std::vector<Section>& sections) {
  std::vector<Span> spans;
  bool previous_match = false;
  for (const Section& section : sections) {
    if (section.is_match && !previous_match && !spans.empty()) {
      spans.back().end = section.span.end;
    } else {
      spans.push_back(section.span);
    }
    previous_match = section.is_match;
  }
  return spans;
}

std::vector<Span> MergeWithNext(const std::vector<Section>& sections) {
  std::vector<Span> spans;
  bool following_match = false;
  for (auto section = sections.rbegin(); section != sections.rend();
       ++section) {
    if (section->is_match && !following_match && !spans.empty()) {
      spans.back().begin = section->span.begin;
    } else {
      spans.push_back(section->span);
    }
    following_match = section->is_match;
  }
  std::reverse(spans.begin(), spans.end());
  return spans;
}

std::vector<Span> Merge(const std::vector<Section>& sections,
                        SplitBehavior behavior) {
  switch (behavior) {
    case SplitBehavior::kRemoved:
      return KeepGaps(sections);
    case SplitBehavior::kIsolated:
      return KeepAll(sections);
    case SplitBehavior::kMergedWithPrevious:
      return MergeWithPrevious(sections);
    case SplitBehavior::kMergedWithNext:
      return MergeWithNext(sections);
    case SplitBehavior::kContiguous:
      return JoinRuns(sections);
  }
  return {};
}

}  // namespace

Pattern LiteralPattern(std::string literal) {
  return [literal = std::move(literal)](
             std::string_view text) -> absl::StatusOr<std::vector<Span>> {
    std::vector<Span> matches;
    if (literal.empty()) return matches;
    size_t at = text.find(literal);
    while (at != std::string_view::npos) {
      matches.push_back({at, at + literal.size()});
      at = text.find(literal, at + literal.size());
    }
    return matches;
  };
}

Pattern RegexPattern(std::shared_ptr<const Regex> regex) {
  return [regex = std::move(regex)](std::string_view text) {
    return regex->FindAll(text);
  };
}

Pattern CharacterPattern(bool (*predicate)(char32_t)) {
  return
      [predicate](std::string_view text) -> absl::StatusOr<std::vector<Span>> {
        std::vector<Span> matches;
        ForEachCodePoint(text, [&](CodePoint point, size_t at) {
          if (predicate(point.value))
            matches.push_back({at, at + point.length});
        });
        return matches;
      };
}

absl::StatusOr<Pattern> ParsePattern(const JsonField& field) {
  const JsonField regex = field["Regex"];
  if (regex.IsNull()) {
    const JsonField literal = field.IsString() ? field : field["String"];
    SPACEMOE_ASSIGN_OR_RETURN(std::string text, literal.String());
    return LiteralPattern(std::move(text));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, regex.String());
  auto compiled = Regex::Compile(text);
  if (!compiled.ok()) {
    return regex.Error(std::string(compiled.status().message()));
  }
  return RegexPattern(*std::move(compiled));
}

absl::StatusOr<SplitBehavior> ParseSplitBehavior(const JsonField& field,
                                                 SplitBehavior fallback) {
  if (field.IsNull()) return fallback;
  SPACEMOE_ASSIGN_OR_RETURN(const std::string name, field.String());
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  return field.Unknown("split behavior", name,
                       "Removed, Isolated, MergedWithPrevious, "
                       "MergedWithNext, Contiguous");
}

std::vector<Span> SplitAt(const std::vector<Span>& matches, size_t size,
                          SplitBehavior behavior, bool invert) {
  std::vector<Span> spans = Merge(Cover(matches, size, invert), behavior);
  std::erase_if(spans, [](const Span& s) { return s.begin == s.end; });
  return spans;
}

}  // namespace spacemoe
