#include "models/tokenizer/proto_reader.h"

#include <bit>

namespace spacemoe {

float ProtoField::AsFloat() const {
  return std::bit_cast<float>(static_cast<uint32_t>(value));
}

std::optional<uint64_t> ProtoReader::Varint() {
  constexpr int kBits = 64;
  uint64_t value = 0;
  for (int shift = 0; shift < kBits && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<uint64_t> ProtoReader::Fixed(size_t bytes) {
  if (rest_.size() < bytes) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= uint64_t{static_cast<uint8_t>(rest_[i])} << (8 * i);
  }
  rest_.remove_prefix(bytes);
  return value;
}

bool ProtoReader::ReadValue(ProtoField* field) {
  std::optional<uint64_t> value;
  switch (field->type) {
    case ProtoField::Type::kFixed32:
      value = Fixed(sizeof(uint32_t));
      break;
    case ProtoField::Type::kFixed64:
      value = Fixed(sizeof(uint64_t));
      break;
    case ProtoField::Type::kVarint:
    case ProtoField::Type::kBytes:
      value = Varint();
      break;
    default:
      return false;
  }
  if (!value.has_value()) return false;
  field->value = *value;
  if (field->type != ProtoField::Type::kBytes) return true;
  if (*value > rest_.size()) return false;
  field->bytes = rest_.substr(0, *value);
  rest_.remove_prefix(*value);
  return true;
}

std::optional<ProtoField> ProtoReader::Next() {
  if (!ok_ || rest_.empty()) return std::nullopt;
  const auto key = Varint();
  ProtoField field;
  if (key.has_value()) {
    field.number = static_cast<uint32_t>(*key >> 3);
    field.type = static_cast<ProtoField::Type>(*key & 7);
  }
  ok_ = key.has_value() && field.number != 0 && ReadValue(&field);
  if (!ok_) return std::nullopt;
  return field;
}

}  // namespace spacemoe
