#include "coordinator/api/api_keys.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/api/openai/error.h"
#include "runtime/base/read_file.h"

namespace spacemoe {
namespace {

constexpr char kBearer[] = "Bearer ";

// Looks at every byte of `given`, whatever comes of it.
bool EqualInConstantTime(std::string_view key, std::string_view given) {
  volatile unsigned char difference = key.size() == given.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i) {
    const char expected = key.empty() ? '\0' : key[i % key.size()];
    difference = difference | (expected ^ given[i]);
  }
  return difference == 0;
}

bool IsKey(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > ' ' && c < 127; });
}

HttpResponse Unauthorized(const std::string& message) {
  openai::ApiError error;
  error.status = 401;
  error.message = message;
  error.code = "invalid_api_key";
  HttpResponse response = ToResponse(error);
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace

absl::StatusOr<ApiKeys> ApiKeys::FromFile(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text.ok()) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the API keys in ", path));
  }
  return FromText(*text, path);
}

absl::StatusOr<ApiKeys> ApiKeys::FromText(std::string_view text,
                                          const std::string& source) {
  ApiKeys keys;
  int number = 0;
  for (const auto& piece :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    const std::string line(absl::StripAsciiWhitespace(piece));
    if (line.empty() || line.front() == '#') continue;
    if (!IsKey(line)) {
      return absl::InvalidArgumentError(
          absl::StrCat(source, ", line ", number,
                       ": expected a key of printable ASCII without spaces"));
    }
    keys.keys_.push_back(line);
  }
  if (keys.keys_.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(source, ": expected API keys, one a line, found none"));
  }
  return keys;
}

bool ApiKeys::Accepts(std::string_view key) const {
  bool accepted = false;
  for (const std::string& known : keys_) {
    accepted |= EqualInConstantTime(known, key);
  }
  return accepted;
}

std::optional<HttpResponse> ApiKeys::Refuse(const HttpRequest& request) const {
  if (!required()) return std::nullopt;
  const std::string header(request.Header("Authorization"));
  if (header.empty()) {
    return Unauthorized("expected an API key: Authorization: Bearer KEY");
  }
  if (!absl::StartsWithIgnoreCase(header, kBearer) ||
      !Accepts(std::string(absl::StripAsciiWhitespace(
          absl::string_view(header).substr(sizeof(kBearer) - 1))))) {
    return Unauthorized("the API key is not one of this server's");
  }
  return std::nullopt;
}

}  // namespace spacemoe
