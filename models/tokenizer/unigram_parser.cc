#include "absl/strings/str_cat.h"
#include "models/tokenizer/unigram.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

bool IsPiece(const nlohmann::json& entry) {
  return entry.is_array() && entry.size() == 2 && entry[0].is_string() &&
         entry[1].is_number();
}

absl::Status ParsePieces(const JsonField& field, UnigramOptions* options) {
  if (!field.value().is_array()) return field.Array().status();
  for (size_t i = 0; i < field.value().size(); ++i) {
    const nlohmann::json& entry = field.value()[i];
    if (!IsPiece(entry)) return field[i].Error("expected [\"piece\", score]");
    options->pieces.push_back(entry[0].get<std::string>());
    options->scores.push_back(entry[1].get<double>());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenModel>> ParseUnigram(
    const JsonField& field) {
  UnigramOptions options;
  SPACEMOE_RETURN_IF_ERROR(ParsePieces(field["vocab"], &options));
  SPACEMOE_ASSIGN_OR_RETURN(options.byte_fallback,
                            field["byte_fallback"].BoolOr(false));
  if (!field["unk_id"].IsNull()) {
    SPACEMOE_ASSIGN_OR_RETURN(const int64_t id,
                              field["unk_id"].Integer(0, kMaxTokenId));
    options.unk_id = static_cast<int32_t>(id);
  }
  auto unigram = Unigram::Create(std::move(options));
  if (!unigram.ok()) {
    return field.Error(std::string(unigram.status().message()));
  }
  return std::unique_ptr<TokenModel>(*std::move(unigram));
}

}  // namespace spacemoe
