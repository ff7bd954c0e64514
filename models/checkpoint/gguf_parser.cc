#include <algorithm>
#include <bit>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/byte_cursor.h"
#include "models/checkpoint/ggml_types.h"
#include "models/checkpoint/gguf.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::size_t kMaxNameBytes = 65535;
constexpr std::uint32_t kMaxDims = 4;
constexpr int kMaxArrayDepth = 4;
constexpr std::uint64_t kMinPairBytes = 8 + 4 + 1;
constexpr std::uint64_t kMinInfoBytes = 8 + 4 + 8 + 4 + 8;
constexpr std::uint64_t kDefaultAlignment = 32;

// Bytes of one value; for strings and arrays the least that one takes.
int MinBytes(GgufType type) {
  if (type == GgufType::kString) return 8;
  if (type == GgufType::kArray) return 12;
  return ScalarBytes(type);
}

class GgufParser {
 public:
  GgufParser(std::span<const std::byte> file, const std::string& path)
      : file_(file), path_(path), cursor_(file, path) {}

  absl::StatusOr<GgufHeader> Parse() {
    SPACEMOE_RETURN_IF_ERROR(ReadMagicAndVersion());
    SPACEMOE_ASSIGN_OR_RETURN(const std::uint64_t tensors,
                              ReadCount("tensors", kMinInfoBytes));
    SPACEMOE_ASSIGN_OR_RETURN(const std::uint64_t pairs,
                              ReadCount("metadata pairs", kMinPairBytes));
    for (std::uint64_t i = 0; i < pairs; ++i) {
      SPACEMOE_RETURN_IF_ERROR(ReadPair());
    }
    SPACEMOE_RETURN_IF_ERROR(ReadAlignment());
    for (std::uint64_t i = 0; i < tensors; ++i) {
      SPACEMOE_RETURN_IF_ERROR(ReadInfo());
    }
    SPACEMOE_RETURN_IF_ERROR(PlaceTensors());
    return std::move(header_);
  }

 private:
  struct Location {
    std::uint64_t offset;  // from the data's beginning
    std::size_t info;
  };

  absl::Status Broken(const std::string& what) const {
    return absl::DataLossError(absl::StrCat(path_, ": ", what));
  }

  absl::Status ReadMagicAndVersion() {
    const absl::StatusOr<std::uint32_t> magic = cursor_.Read<std::uint32_t>();
    if (!magic.ok() || *magic != kMagic) {
      return Broken("expected a file that begins with 'GGUF'");
    }
    SPACEMOE_ASSIGN_OR_RETURN(header_.version, cursor_.Read<std::uint32_t>());
    if (header_.version == 2 || header_.version == 3) return absl::OkStatus();
    const bool swapped = (header_.version & 0xffff) == 0;
    return absl::UnimplementedError(absl::StrCat(
        path_, ": expected GGUF version 2 or 3, found ",
        swapped ? "a big-endian file" : absl::StrCat(header_.version)));
  }

  absl::StatusOr<std::uint64_t> ReadCount(const char* what,
                                          std::uint64_t min_bytes) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto count, cursor_.Read<std::uint64_t>());
    if (count <= cursor_.left() / min_bytes) return count;
    return Broken(absl::StrCat("says ", count, " ", what, ", the file has ",
                               file_.size(), " bytes: truncated or broken"));
  }

  absl::StatusOr<std::string_view> ReadName(const char* what) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto name, cursor_.ReadString());
    if (!name.empty() && name.size() <= kMaxNameBytes) return name;
    return Broken(absl::StrCat("expected a ", what, " of 1 to ", kMaxNameBytes,
                               " bytes, found ", name.size()));
  }

  absl::StatusOr<GgufType> ReadType(std::string_view key) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto type, cursor_.Read<std::uint32_t>());
    if (type <= static_cast<std::uint32_t>(GgufType::kFloat64)) {
      return static_cast<GgufType>(type);
    }
    return Broken(absl::StrCat("metadata '", std::string(key),
                               "': expected a value type from 0 to 12, found ",
                               type));
  }

  absl::Status SkipValue(GgufType type, std::string_view key, int depth) {
    if (type == GgufType::kString) return cursor_.ReadString().status();
    if (type == GgufType::kArray) return SkipArray(key, depth + 1);
    return cursor_.Take(MinBytes(type)).status();
  }

  absl::Status SkipElements(GgufType type, std::uint64_t count,
                            std::string_view key, int depth) {
    if (type != GgufType::kString && type != GgufType::kArray) {
      return cursor_.Take(count * MinBytes(type)).status();
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      SPACEMOE_RETURN_IF_ERROR(SkipValue(type, key, depth));
    }
    return absl::OkStatus();
  }

  struct ArrayHeader {
    GgufType type;
    std::uint64_t count;
  };

  absl::StatusOr<ArrayHeader> ReadArrayHeader(std::string_view key) {
    SPACEMOE_ASSIGN_OR_RETURN(const GgufType type, ReadType(key));
    SPACEMOE_ASSIGN_OR_RETURN(const std::uint64_t count,
                              ReadCount("array elements", MinBytes(type)));
    return ArrayHeader{type, count};
  }

  absl::Status SkipArray(std::string_view key, int depth) {
    if (depth > kMaxArrayDepth) {
      return Broken(absl::StrCat("metadata '", std::string(key),
                                 "': expected arrays nested at most ",
                                 kMaxArrayDepth, " deep"));
    }
    SPACEMOE_ASSIGN_OR_RETURN(const ArrayHeader array, ReadArrayHeader(key));
    return SkipElements(array.type, array.count, key, depth);
  }

  absl::Status ReadPair() {
    SPACEMOE_ASSIGN_OR_RETURN(const auto key, ReadName("metadata key"));
    GgufValue value;
    SPACEMOE_ASSIGN_OR_RETURN(value.type, ReadType(key));
    std::size_t begin = cursor_.position();
    if (value.type == GgufType::kArray) {
      SPACEMOE_ASSIGN_OR_RETURN(const ArrayHeader array, ReadArrayHeader(key));
      value.element_type = array.type;
      value.count = array.count;
      begin = cursor_.position();
      SPACEMOE_RETURN_IF_ERROR(SkipElements(array.type, array.count, key, 1));
    } else {
      SPACEMOE_RETURN_IF_ERROR(SkipValue(value.type, key, 0));
    }
    value.bytes = file_.subspan(begin, cursor_.position() - begin);
    if (!header_.metadata.emplace(std::string(key), value).second) {
      return Broken(
          absl::StrCat("metadata '", std::string(key), "' occurs twice"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadAlignment() {
    const auto it = header_.metadata.find("general.alignment");
    if (it == header_.metadata.end()) return absl::OkStatus();
    if (it->second.type == GgufType::kUint32) {
      std::uint32_t alignment = 0;
      std::memcpy(&alignment, it->second.bytes.data(), sizeof(alignment));
      alignment_ = alignment;
      if (std::has_single_bit(alignment_)) return absl::OkStatus();
    }
    return Broken(
        "metadata 'general.alignment': expected a power of two (u32)");
  }

  absl::StatusOr<std::vector<std::int64_t>> ReadShape(const std::string& name) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto dims, cursor_.Read<std::uint32_t>());
    if (dims == 0 || dims > kMaxDims) {
      return Broken(absl::StrCat("tensor '", name, "': expected 1 to ",
                                 kMaxDims, " dimensions, found ", dims));
    }
    std::vector<std::int64_t> shape(dims);
    for (std::int64_t& size : shape) {
      SPACEMOE_ASSIGN_OR_RETURN(size, cursor_.Read<std::int64_t>());
    }
    std::reverse(shape.begin(), shape.end());
    const std::optional<std::int64_t> elements = CheckedElements(shape);
    if (elements && *elements > 0) return shape;
    return Broken(absl::StrCat("tensor '", name, "': shape ",
                               ShapeString(shape), " is out of range"));
  }

  // A type that is not known has no size; whoever needs the tensor refuses it.
  absl::Status SetType(std::uint32_t id, TensorInfo& tensor) {
    const GgmlType* type = FindGgmlType(id);
    if (type == nullptr) {
      tensor.type_name = absl::StrCat("type ", id);
      return absl::OkStatus();
    }
    tensor.type_name = type->name;
    tensor.type = type->type;
    if (tensor.shape.back() % type->block_values != 0) {
      return Broken(absl::StrCat("tensor '", tensor.name, "' of type ",
                                 tensor.type_name, ": expected rows of whole ",
                                 type->block_values, "-value blocks, found ",
                                 tensor.shape.back(), " values"));
    }
    const std::int64_t blocks = tensor.elements() / type->block_values;
    if (__builtin_mul_overflow(blocks, type->block_bytes, &tensor.bytes)) {
      return Broken(absl::StrCat("tensor '", tensor.name, "': shape ",
                                 ShapeString(tensor.shape), " is too large"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadInfo() {
    SPACEMOE_ASSIGN_OR_RETURN(const auto name, ReadName("tensor name"));
    TensorInfo tensor;
    tensor.name = std::string(name);
    tensor.file = &path_;
    if (!names_.insert(name).second) {
      return Broken(absl::StrCat("tensor '", tensor.name, "' occurs twice"));
    }
    SPACEMOE_ASSIGN_OR_RETURN(tensor.shape, ReadShape(tensor.name));
    SPACEMOE_ASSIGN_OR_RETURN(const auto type, cursor_.Read<std::uint32_t>());
    SPACEMOE_RETURN_IF_ERROR(SetType(type, tensor));
    SPACEMOE_ASSIGN_OR_RETURN(const auto offset, cursor_.Read<std::uint64_t>());
    locations_.push_back({offset, header_.tensors.size()});
    header_.tensors.push_back(std::move(tensor));
    return absl::OkStatus();
  }

  absl::Status Place(TensorInfo& tensor, std::uint64_t offset,
                     std::span<const std::byte> data) const {
    if (offset % alignment_ != 0) {
      return Broken(absl::StrCat("tensor '", tensor.name, "': offset ", offset,
                                 " is not a multiple of ", alignment_));
    }
    if (offset > data.size() || tensor.bytes > data.size() - offset) {
      return Broken(absl::StrCat("tensor '", tensor.name, "' needs ",
                                 tensor.bytes, " bytes at ", offset,
                                 ", the file holds ", data.size(),
                                 " bytes of data: truncated or broken"));
    }
    tensor.data = data.data() + offset;
    return absl::OkStatus();
  }

  absl::Status PlaceTensors() {
    const std::uint64_t begin =
        (cursor_.position() + alignment_ - 1) / alignment_ * alignment_;
    const auto data =
        file_.subspan(std::min<std::uint64_t>(begin, file_.size()));
    std::sort(locations_.begin(), locations_.end(),
              [](const Location& a, const Location& b) {
                return a.offset < b.offset;
              });
    std::vector<TensorInfo> sorted;
    sorted.reserve(locations_.size());
    std::uint64_t end = 0;
    for (const Location& location : locations_) {
      TensorInfo& tensor = header_.tensors[location.info];
      SPACEMOE_RETURN_IF_ERROR(Place(tensor, location.offset, data));
      if (location.offset < end) {
        return Broken(absl::StrCat("tensor '", tensor.name, "' at ",
                                   location.offset, " overlaps tensor '",
                                   sorted.back().name, "', which ends at ",
                                   end));
      }
      end = location.offset + tensor.bytes;
      sorted.push_back(std::move(tensor));
    }
    header_.tensors = std::move(sorted);
    return absl::OkStatus();
  }

  const std::span<const std::byte> file_;
  const std::string& path_;
  ByteCursor cursor_;
  std::uint64_t alignment_ = kDefaultAlignment;
  GgufHeader header_;
  std::set<std::string_view> names_;
  std::vector<Location> locations_;
};

}  // namespace

absl::StatusOr<GgufHeader> ParseGguf(std::span<const std::byte> file,
                                     const std::string& path) {
  return GgufParser(file, path).Parse();
}

}  // namespace spacemoe
