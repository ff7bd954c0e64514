// Reads little-endian values off a span, never beyond its end.
#ifndef SPACEMOE_MODELS_CHECKPOINT_BYTE_CURSOR_H_
#define SPACEMOE_MODELS_CHECKPOINT_BYTE_CURSOR_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

// Errors are DATA_LOSS: path, position, bytes wanted and left.
class ByteCursor {
 public:
  ByteCursor(std::span<const std::byte> bytes, const std::string& path)
      : bytes_(bytes), path_(path) {}

  std::size_t position() const { return position_; }
  std::size_t left() const { return bytes_.size() - position_; }

  absl::StatusOr<std::span<const std::byte>> Take(std::uint64_t count) {
    if (count > left()) {
      return absl::DataLossError(
          absl::StrCat(path_, ": expected ", count, " more bytes at byte ",
                       position_, ", found ", left(), ": truncated or broken"));
    }
    const auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  template <typename T>
  absl::StatusOr<T> Read() {
    static_assert(std::endian::native == std::endian::little);
    SPACEMOE_ASSIGN_OR_RETURN(const auto bytes, Take(sizeof(T)));
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }

  // length:u64 byte*, not copied.
  absl::StatusOr<std::string_view> ReadString() {
    SPACEMOE_ASSIGN_OR_RETURN(const auto length, Read<std::uint64_t>());
    SPACEMOE_ASSIGN_OR_RETURN(const auto bytes, Take(length));
    return std::string_view(reinterpret_cast<const char*>(bytes.data()),
                            bytes.size());
  }

 private:
  std::span<const std::byte> bytes_;
  const std::string& path_;
  std::size_t position_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_BYTE_CURSOR_H_
