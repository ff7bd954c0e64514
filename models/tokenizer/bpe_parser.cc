#include "absl/strings/str_cat.h"
#include "models/tokenizer/bpe.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

bool IsPair(const nlohmann::json& merge) {
  return merge.is_array() && merge.size() == 2 && merge[0].is_string() &&
         merge[1].is_string();
}

std::optional<std::pair<std::string, std::string>> ParseMerge(
    const nlohmann::json& merge) {
  if (IsPair(merge)) {
    return std::make_pair(merge[0].get<std::string>(),
                          merge[1].get<std::string>());
  }
  if (!merge.is_string()) return std::nullopt;
  return SplitMerge(merge.get_ref<const std::string&>());
}

absl::Status ParseMerges(const JsonField& field, BpeOptions* options) {
  if (!field.value().is_array()) return field.Array().status();
  for (size_t i = 0; i < field.value().size(); ++i) {
    auto merge = ParseMerge(field.value()[i]);
    if (!merge.has_value()) {
      return field[i].Error("expected a merge, [\"a\", \"b\"] or \"a b\"");
    }
    options->merges.push_back(*std::move(merge));
  }
  return absl::OkStatus();
}

absl::Status RefuseDropout(const JsonField& field) {
  if (field.IsNull()) return absl::OkStatus();
  const nlohmann::json& value = field.value();
  if (value.is_number() && value.get<double>() == 0.0) return absl::OkStatus();
  return field.Error("expected null or 0: with dropout ids would be random");
}

absl::Status ParseFlags(const JsonField& field, BpeOptions* options) {
  SPACEMOE_ASSIGN_OR_RETURN(options->continuing_subword_prefix,
                            field["continuing_subword_prefix"].StringOr(""));
  SPACEMOE_ASSIGN_OR_RETURN(options->end_of_word_suffix,
                            field["end_of_word_suffix"].StringOr(""));
  SPACEMOE_ASSIGN_OR_RETURN(options->fuse_unk, field["fuse_unk"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(options->byte_fallback,
                            field["byte_fallback"].BoolOr(false));
  SPACEMOE_ASSIGN_OR_RETURN(options->ignore_merges,
                            field["ignore_merges"].BoolOr(false));
  if (!field["unk_token"].IsNull()) {
    SPACEMOE_ASSIGN_OR_RETURN(options->unk_token, field["unk_token"].String());
  }
  return RefuseDropout(field["dropout"]);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenModel>> ParseBpe(const JsonField& field) {
  BpeOptions options;
  SPACEMOE_RETURN_IF_ERROR(
      ParseVocabulary(field["vocab"], &options.vocabulary));
  SPACEMOE_RETURN_IF_ERROR(ParseMerges(field["merges"], &options));
  SPACEMOE_RETURN_IF_ERROR(ParseFlags(field, &options));
  auto bpe = Bpe::Create(std::move(options));
  if (!bpe.ok()) return field.Error(std::string(bpe.status().message()));
  return std::unique_ptr<TokenModel>(*std::move(bpe));
}

}  // namespace spacemoe
