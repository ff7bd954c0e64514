#include "models/tokenizer/sentence_piece_model.h"

#include "absl/strings/str_cat.h"
#include "models/tokenizer/proto_reader.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Field numbers of sentencepiece_model.proto.
namespace model_proto {
constexpr uint32_t kPieces = 1;
constexpr uint32_t kTrainerSpec = 2;
constexpr uint32_t kNormalizerSpec = 3;
}  // namespace model_proto
namespace piece_proto {
constexpr uint32_t kPiece = 1;
constexpr uint32_t kScore = 2;
constexpr uint32_t kType = 3;
}  // namespace piece_proto
namespace trainer_proto {
constexpr uint32_t kModelType = 3;
constexpr uint32_t kTreatWhitespaceAsSuffix = 24;
constexpr uint32_t kByteFallback = 35;
constexpr uint32_t kBosId = 41;
constexpr uint32_t kEosId = 42;
}  // namespace trainer_proto
namespace normalizer_proto {
constexpr uint32_t kPrecompiledCharsmap = 2;
constexpr uint32_t kAddDummyPrefix = 3;
constexpr uint32_t kRemoveExtraWhitespaces = 4;
constexpr uint32_t kEscapeWhitespaces = 5;
}  // namespace normalizer_proto

bool ParsePiece(std::string_view bytes, SentencePieceModel* model) {
  SentencePiece piece;
  ProtoReader reader(bytes);
  while (const auto field = reader.Next()) {
    if (field->number == piece_proto::kPiece) piece.text = field->bytes;
    if (field->number == piece_proto::kScore) piece.score = field->AsFloat();
    if (field->number == piece_proto::kType) {
      piece.type = static_cast<SentencePieceType>(field->AsInt());
    }
  }
  model->pieces.push_back(std::move(piece));
  return reader.ok();
}

bool ParseTrainerSpec(std::string_view bytes, SentencePieceModel* model) {
  ProtoReader reader(bytes);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case trainer_proto::kModelType:
        model->kind = static_cast<SentencePieceKind>(field->AsInt());
        break;
      case trainer_proto::kTreatWhitespaceAsSuffix:
        model->treat_whitespace_as_suffix = field->AsBool();
        break;
      case trainer_proto::kByteFallback:
        model->byte_fallback = field->AsBool();
        break;
      case trainer_proto::kBosId:
        model->bos_id = field->AsInt();
        break;
      case trainer_proto::kEosId:
        model->eos_id = field->AsInt();
        break;
    }
  }
  return reader.ok();
}

bool ParseNormalizerSpec(std::string_view bytes, SentencePieceModel* model) {
  ProtoReader reader(bytes);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case normalizer_proto::kPrecompiledCharsmap:
        model->charsmap = field->bytes;
        break;
      case normalizer_proto::kAddDummyPrefix:
        model->add_dummy_prefix = field->AsBool();
        break;
      case normalizer_proto::kRemoveExtraWhitespaces:
        model->remove_extra_whitespaces = field->AsBool();
        break;
      case normalizer_proto::kEscapeWhitespaces:
        model->escape_whitespaces = field->AsBool();
        break;
    }
  }
  return reader.ok();
}

bool ParseField(const ProtoField& field, SentencePieceModel* model) {
  switch (field.number) {
    case model_proto::kPieces:
      return ParsePiece(field.bytes, model);
    case model_proto::kTrainerSpec:
      return ParseTrainerSpec(field.bytes, model);
    case model_proto::kNormalizerSpec:
      return ParseNormalizerSpec(field.bytes, model);
  }
  return true;
}

absl::Status Error(const std::string& source, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, ": ", std::string(message)));
}

}  // namespace

absl::StatusOr<SentencePieceModel> ParseSentencePieceModel(
    std::string_view bytes, const std::string& source) {
  SentencePieceModel model;
  ProtoReader reader(bytes);
  bool ok = true;
  while (ok) {
    const auto field = reader.Next();
    if (!field.has_value()) break;
    ok = ParseField(*field, &model);
  }
  if (!ok || !reader.ok()) {
    return Error(source, "not a SentencePiece model (a ModelProto)");
  }
  if (model.pieces.empty()) {
    return Error(source, "not a SentencePiece model: it has no pieces");
  }
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    if (!FindInvalidUtf8(model.pieces[id].text).has_value()) continue;
    return Error(source, absl::StrCat("piece ", id, " is not UTF-8"));
  }
  return model;
}

}  // namespace spacemoe
