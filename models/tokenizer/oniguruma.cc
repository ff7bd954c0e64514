#include "models/tokenizer/oniguruma.h"

#include <oniguruma.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Limits against patterns that explode: nesting of a pattern, steps back in
// one search, entries of the backtracking stack (about 40 bytes each).
constexpr unsigned kParseDepthLimit = 200;
constexpr unsigned long kRetryLimitInMatch = 20'000'000;
constexpr unsigned long kRetryLimitInSearch = 50'000'000;
constexpr unsigned kStackLimit = 12'000'000;

bool InitializeOnce() {
  static const bool initialized = [] {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_set_parse_depth_limit(kParseDepthLimit);
    return onig_initialize(encodings, 1) == ONIG_NORMAL;
  }();
  return initialized;
}

std::string Message(int code, OnigErrorInfo* info) {
  OnigUChar buffer[ONIG_MAX_ERROR_MESSAGE_LEN];
  const int length = info == nullptr
                         ? onig_error_code_to_str(buffer, code)
                         : onig_error_code_to_str(buffer, code, info);
  return std::string(reinterpret_cast<char*>(buffer),
                     static_cast<size_t>(length));
}

const OnigUChar* Bytes(std::string_view text) {
  return reinterpret_cast<const OnigUChar*>(text.data());
}

// The scratch space of one walk over a text.
class Search {
 public:
  Search(regex_t* compiled, std::string_view text)
      : compiled_(compiled),
        text_(text),
        region_(onig_region_new()),
        param_(onig_new_match_param()) {
    onig_initialize_match_param(param_);
    onig_set_retry_limit_in_match_of_match_param(param_, kRetryLimitInMatch);
    onig_set_retry_limit_in_search_of_match_param(param_, kRetryLimitInSearch);
    onig_set_match_stack_limit_size_of_match_param(param_, kStackLimit);
  }
  ~Search() {
    onig_region_free(region_, 1);
    onig_free_match_param(param_);
  }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // Where the next match at or behind `start` is; ONIG_MISMATCH; or an error.
  int Find(size_t start, Span* match) {
    const OnigUChar* begin = Bytes(text_);
    const OnigUChar* end = begin + text_.size();
    const int found =
        onig_search_with_param(compiled_, begin, end, begin + start, end,
                               region_, ONIG_OPTION_NONE, param_);
    if (found >= 0) {
      *match = {static_cast<size_t>(region_->beg[0]),
                static_cast<size_t>(region_->end[0])};
    }
    return found;
  }

 private:
  regex_t* const compiled_;
  const std::string_view text_;
  OnigRegion* const region_;
  OnigMatchParam* const param_;
};

}  // namespace

void Regex::Free::operator()(re_pattern_buffer* compiled) const {
  onig_free(compiled);
}

absl::StatusOr<std::shared_ptr<const Regex>> Regex::Compile(
    std::string_view pattern) {
  if (!InitializeOnce()) {
    return absl::InternalError("the Oniguruma library does not initialise");
  }
  regex_t* compiled = nullptr;
  OnigErrorInfo info = {};
  const int code = onig_new(&compiled, Bytes(pattern),
                            Bytes(pattern) + pattern.size(), ONIG_OPTION_NONE,
                            ONIG_ENCODING_UTF8, ONIG_SYNTAX_ONIGURUMA, &info);
  if (code != ONIG_NORMAL) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a regular expression that Oniguruma takes: \"",
                     std::string(pattern), "\": ", Message(code, &info)));
  }
  return std::shared_ptr<const Regex>(new Regex(pattern, compiled));
}

absl::StatusOr<std::vector<Span>> Regex::FindAll(std::string_view text) const {
  if (text.size() > std::numeric_limits<int>::max()) {
    return absl::InvalidArgumentError("text of 2 GiB or more");
  }
  constexpr size_t kNone = std::string_view::npos;
  std::vector<Span> matches;
  Search search(compiled_.get(), text);
  size_t start = 0;
  size_t last_end = kNone;
  while (start <= text.size()) {
    Span match;
    const int found = search.Find(start, &match);
    if (found == ONIG_MISMATCH) break;
    if (found < 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the pattern \"", pattern_,
                       "\" fails on this text: ", Message(found, nullptr)));
    }
    if (match.begin == match.end && match.end == last_end) {
      start += start < text.size() ? DecodeCodePoint(text, start).length : 1;
      continue;
    }
    matches.push_back(match);
    start = last_end = match.end;
  }
  return matches;
}

}  // namespace spacemoe
