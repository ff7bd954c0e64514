// GGUF files (versions 2 and 3, little endian), read. The format is
// docs/gguf.md of the ggml project:
//
//   file   = "GGUF" version:u32 tensors:u64 pairs:u64 pair* info* padding data
//   pair   = key:string type:u32 value
//   string = length:u64 byte*
//   array  = type:u32 count:u64 value*
//   info   = name:string dims:u32 dim:u64* type:u32 offset:u64
//
// Dimensions are innermost first; offsets count from data and are multiples
// of general.alignment (32 unless given).
#ifndef SPACEMOE_MODELS_CHECKPOINT_GGUF_H_
#define SPACEMOE_MODELS_CHECKPOINT_GGUF_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/mapped_file.h"
#include "models/checkpoint/tensor_info.h"
#include "nlohmann/json_fwd.hpp"

namespace spacemoe {

enum class GgufType : std::uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

// Bytes of a value; 0 for strings and arrays, which have their own lengths.
int ScalarBytes(GgufType type);

// A metadata value, left where it lies in the file: a file's token list costs
// no memory until somebody asks for it.
struct GgufValue {
  GgufType type = GgufType::kUint8;
  GgufType element_type = GgufType::kUint8;  // arrays
  std::uint64_t count = 1;                   // arrays
  std::span<const std::byte> bytes;  // the value; an array without its header
};

// What the header says, validated: every length and offset lies inside the
// file, names are unique, tensors do not overlap. Borrows from the file.
struct GgufHeader {
  std::uint32_t version = 0;
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<TensorInfo> tensors;  // in the order of their data
};

// DATA_LOSS for a broken file, UNIMPLEMENTED for a version that is not known.
// No allocation exceeds what the file's own size justifies.
absl::StatusOr<GgufHeader> ParseGguf(std::span<const std::byte> file,
                                     const std::string& path);

// Thread-safe after opening. Only the header's pages are touched.
class GgufFile {
 public:
  static absl::StatusOr<std::unique_ptr<GgufFile>> Open(
      const std::string& path);

  const std::string& path() const { return file_->path(); }
  std::uint32_t version() const { return header_.version; }
  const std::vector<TensorInfo>& tensors() const { return header_.tensors; }
  bool Has(std::string_view key) const {
    return header_.metadata.contains(key);
  }

  // NOT_FOUND without the key, INVALID_ARGUMENT for another type.
  absl::StatusOr<std::string> GetString(std::string_view key) const;
  absl::StatusOr<std::int64_t> GetInt(std::string_view key) const;
  absl::StatusOr<bool> GetBool(std::string_view key) const;
  absl::StatusOr<std::vector<std::string>> GetStrings(
      std::string_view key) const;
  absl::StatusOr<std::vector<std::int64_t>> GetInts(std::string_view key) const;
  absl::StatusOr<std::vector<float>> GetFloats(std::string_view key) const;

  // The metadata as a flat JSON object, without arrays of arrays, strings of
  // more than 4096 bytes and arrays of more than 4096 values. A float32 becomes
  // the double of its shortest decimal: 1e-05, not 9.99999974e-06.
  nlohmann::json MetadataJson() const;

 private:
  GgufFile(std::unique_ptr<MappedFile> file, GgufHeader header);

  absl::StatusOr<const GgufValue*> Find(std::string_view key) const;
  absl::StatusOr<const GgufValue*> FindArray(std::string_view key) const;
  absl::Status WrongType(std::string_view key, std::string_view expected) const;

  const std::unique_ptr<MappedFile> file_;
  const GgufHeader header_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_GGUF_H_
