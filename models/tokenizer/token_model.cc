#include "models/tokenizer/token_model.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/tokenizer/bpe.h"
#include "models/tokenizer/unigram.h"
#include "models/tokenizer/word_level.h"
#include "models/tokenizer/word_piece.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<TokenModel>> ParseTokenModel(
    const JsonField& field) {
  SPACEMOE_RETURN_IF_ERROR(field.ExpectObject());
  const JsonField type_field = field["type"];
  // Files written before models had types hold BPE: vocab and merges.
  const bool untyped = type_field.IsNull() && !field["merges"].IsNull();
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::string type,
      untyped ? absl::StatusOr<std::string>("BPE") : type_field.String());
  if (type == "BPE") return ParseBpe(field);
  if (type == "Unigram") return ParseUnigram(field);
  if (type == "WordLevel") return ParseWordLevel(field);
  if (type == "WordPiece") return ParseWordPiece(field);
  return type_field.Unknown("model type", type,
                            "BPE, Unigram, WordLevel, WordPiece");
}

absl::Status ParseVocabulary(const JsonField& field, Vocabulary* vocabulary) {
  SPACEMOE_RETURN_IF_ERROR(field.ExpectObject());
  for (const auto& [token, id] : field.value().items()) {
    const bool good = id.is_number_unsigned() &&
                      id.get<uint64_t>() <= static_cast<uint64_t>(kMaxTokenId);
    if (!good) {
      return field.Error(absl::StrCat("token \"", token,
                                      "\": expected an id from 0 to ",
                                      kMaxTokenId, ", found ", id.dump()));
    }
    vocabulary->Add(token, static_cast<int32_t>(id.get<uint64_t>()));
  }
  return absl::OkStatus();
}

std::array<int32_t, 256> FindByteTokens(const Vocabulary& vocabulary) {
  std::array<int32_t, 256> tokens;
  for (int byte = 0; byte < 256; ++byte) {
    tokens[byte] =
        vocabulary.Find(absl::StrFormat("<0x%02X>", byte)).value_or(-1);
  }
  return tokens;
}

absl::Status AppendUnknown(const Vocabulary& vocabulary,
                           std::string_view unk_token, std::string_view word,
                           std::vector<int32_t>* ids) {
  const auto id = vocabulary.Find(unk_token);
  if (!id.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", std::string(word), "\" has no token, and the unknown token \"",
        std::string(unk_token), "\" is not in the vocabulary"));
  }
  ids->push_back(*id);
  return absl::OkStatus();
}

bool AppendByteTokens(const std::array<int32_t, 256>& byte_tokens,
                      std::string_view text, std::vector<int32_t>* ids) {
  for (const char c : text) {
    if (byte_tokens[static_cast<uint8_t>(c)] < 0) return false;
  }
  for (const char c : text) {
    ids->push_back(byte_tokens[static_cast<uint8_t>(c)]);
  }
  return true;
}

}  // namespace spacemoe
