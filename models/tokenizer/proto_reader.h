// Reads the wire format of Protocol Buffers field by field, for messages whose
// .proto is not part of this program.
#ifndef SPACEMOE_MODELS_TOKENIZER_PROTO_READER_H_
#define SPACEMOE_MODELS_TOKENIZER_PROTO_READER_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace spacemoe {

// A field of a message. Which of the values counts depends on its type.
struct ProtoField {
  enum class Type { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  uint32_t number = 0;
  Type type = Type::kVarint;
  uint64_t value = 0;      // a varint, or the bits of a fixed-size number
  std::string_view bytes;  // a string or a message

  float AsFloat() const;
  int64_t AsInt() const { return static_cast<int64_t>(value); }
  bool AsBool() const { return value != 0; }
};

// Borrows the message.
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view message) : rest_(message) {}

  // The next field; nothing at the end or where the bytes are not a message.
  std::optional<ProtoField> Next();
  // Whether all bytes read so far were well formed.
  bool ok() const { return ok_; }

 private:
  std::optional<uint64_t> Varint();
  std::optional<uint64_t> Fixed(size_t bytes);
  bool ReadValue(ProtoField* field);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_PROTO_READER_H_
