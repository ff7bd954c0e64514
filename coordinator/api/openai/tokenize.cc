#include "coordinator/api/openai/tokenize.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/api/openai/fields.h"
#include "coordinator/api/openai/json_request.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::openai {
namespace {

// A piece that is no text is told as its bytes.
Json PieceToJson(const std::string& piece) {
  if (!FindInvalidUtf8(piece).has_value()) return piece;
  Json bytes = Json::array();
  for (const char c : piece) bytes.push_back(static_cast<unsigned char>(c));
  return bytes;
}

Json TokensToJson(const TextCodec& codec, const std::vector<int64_t>& ids,
                  bool with_pieces) {
  Json tokens = Json::array();
  for (const int64_t id : ids) {
    if (with_pieces) {
      tokens.push_back({{"id", id}, {"piece", PieceToJson(codec.PieceOf(id))}});
    } else {
      tokens.push_back(id);
    }
  }
  return Json{{"tokens", std::move(tokens)}};
}

absl::StatusOr<Json> TryTokenize(const TextCodec& codec,
                                 const std::string& body) {
  SPACEMOE_ASSIGN_OR_RETURN(const Json json, ParseBody(body));
  const Fields fields(json);
  SPACEMOE_RETURN_IF_ERROR(fields.AllowOnly(
      {"content", "add_special", "parse_special", "with_pieces", "model"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string content,
                            fields.RequiredString("content"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto add_special,
                            fields.Boolean("add_special"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto parse_special,
                            fields.Boolean("parse_special"));
  SPACEMOE_ASSIGN_OR_RETURN(const auto with_pieces,
                            fields.Boolean("with_pieces"));
  if (!parse_special.value_or(true)) {
    return ArgumentError("parse_special",
                         "'parse_special': false is not supported: special "
                         "tokens that a text spells are always found",
                         "unsupported_parameter");
  }
  const absl::StatusOr<std::vector<int64_t>> ids =
      add_special.value_or(false) ? codec.Encode(TextPrompt{content})
                                  : codec.EncodePlain(content);
  if (!ids.ok()) return BlameArgument("content", ids.status());
  return TokensToJson(codec, *ids, with_pieces.value_or(false));
}

absl::StatusOr<Json> TryDetokenize(const TextCodec& codec, int64_t vocab_size,
                                   const std::string& body) {
  SPACEMOE_ASSIGN_OR_RETURN(const Json json, ParseBody(body));
  const Fields fields(json);
  SPACEMOE_RETURN_IF_ERROR(fields.AllowOnly({"tokens", "model"}));
  const Json* const tokens = fields.Find("tokens");
  if (tokens == nullptr) {
    return fields.Wrong("tokens", "an array of token ids", "nothing");
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::vector<int64_t> ids,
                            ReadIds(*tokens, "tokens"));
  for (const int64_t id : ids) {
    if (id >= vocab_size) {
      return fields.Wrong("tokens",
                          absl::StrCat("ids from 0 to ", vocab_size - 1),
                          absl::StrCat(id));
    }
  }
  SPACEMOE_ASSIGN_OR_RETURN(const std::string content, codec.DecodeAll(ids));
  return Json{{"content", content}};
}

HttpResponse Answer(const absl::StatusOr<Json>& json) {
  return json.ok() ? JsonResponse(*json)
                   : ToResponse(ToApiError(json.status()));
}

}  // namespace

HttpResponse Tokenize(const TextCodec& codec, const HttpRequest& request) {
  if (auto refusal = RefuseMediaType(request)) return *std::move(refusal);
  return Answer(TryTokenize(codec, request.body));
}

HttpResponse Detokenize(const TextCodec& codec, int64_t vocab_size,
                        const HttpRequest& request) {
  if (auto refusal = RefuseMediaType(request)) return *std::move(refusal);
  return Answer(TryDetokenize(codec, vocab_size, request.body));
}

}  // namespace spacemoe::openai
