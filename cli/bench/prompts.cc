#include "cli/bench/prompts.h"

#include <iostream>
#include <iterator>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/read_file.h"

namespace spacemoe {
namespace {

constexpr const char* kBeginnings[] = {
    "High above the city, on a tall column, stood the statue of the Happy "
    "Prince. He was gilded all over with thin leaves of fine gold,",
    "Alice was beginning to get very tired of sitting by her sister on the "
    "bank, and of having nothing to do:",
    "Dorothy lived in the midst of the great Kansas prairies, with Uncle "
    "Henry, who was a farmer, and Aunt Em,"};

}  // namespace

std::vector<Prompt> BuiltInPrompts() {
  std::vector<Prompt> prompts;
  for (const char* text : kBeginnings) prompts.push_back(TextPrompt{text});
  return prompts;
}

absl::StatusOr<std::vector<Prompt>> PromptsOfLines(const std::string& text,
                                                   const std::string& origin) {
  if (const size_t nul = text.find('\0'); nul != text.npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": expected lines of text, found a NUL at byte ", nul));
  }
  std::vector<Prompt> prompts;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const absl::string_view stripped = absl::StripAsciiWhitespace(line);
    if (stripped.empty()) continue;
    prompts.push_back(TextPrompt{std::string(stripped)});
  }
  if (!prompts.empty()) return prompts;
  return absl::InvalidArgumentError(
      absl::StrCat(origin, ": expected a prompt on each line, found none"));
}

absl::StatusOr<std::vector<Prompt>> ReadPrompts(const std::string& path) {
  if (path == "-") {
    return PromptsOfLines(
        std::string(std::istreambuf_iterator<char>(std::cin), {}), "stdin");
  }
  const auto text = ReadFile(path);
  if (!text.ok()) {
    return absl::NotFoundError(absl::StrCat("cannot read the prompts ", path));
  }
  return PromptsOfLines(*text, path);
}

std::string PromptText(const Prompt& prompt) {
  if (const auto* text = std::get_if<TextPrompt>(&prompt)) return text->text;
  if (const auto* chat = std::get_if<ChatPrompt>(&prompt)) {
    return chat->messages.empty() ? "" : chat->messages.back().content;
  }
  return absl::StrJoin(std::get<TokenPrompt>(prompt).ids, ",");
}

}  // namespace spacemoe
