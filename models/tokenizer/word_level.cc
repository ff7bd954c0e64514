#include "models/tokenizer/word_level.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::Status WordLevel::Tokenize(std::string_view word,
                                 std::vector<int32_t>* ids) const {
  if (const auto id = vocabulary_.Find(word); id.has_value()) {
    ids->push_back(*id);
    return absl::OkStatus();
  }
  return AppendUnknown(vocabulary_, unk_token_, word, ids);
}

absl::StatusOr<std::unique_ptr<TokenModel>> ParseWordLevel(
    const JsonField& field) {
  Vocabulary vocabulary;
  SPACEMOE_RETURN_IF_ERROR(ParseVocabulary(field["vocab"], &vocabulary));
  SPACEMOE_ASSIGN_OR_RETURN(std::string unknown,
                            field["unk_token"].StringOr("<unk>"));
  return std::make_unique<WordLevel>(std::move(vocabulary), std::move(unknown));
}

}  // namespace spacemoe
