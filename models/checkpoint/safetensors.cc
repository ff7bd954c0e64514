#include "models/checkpoint/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/safetensors_types.h"
#include "models/config/json_text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little);

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxDims = 16;

// The data section, and the file's name for messages.
struct Data {
  std::span<const std::byte> bytes;
  const std::string& path;

  absl::Status Broken(const std::string& what) const {
    return absl::DataLossError(absl::StrCat(path, ": ", what));
  }
  absl::Status Broken(const std::string& tensor,
                      const std::string& what) const {
    return Broken(absl::StrCat("tensor '", tensor, "': ", what));
  }
};

absl::StatusOr<std::size_t> HeaderBytes(std::span<const std::byte> file,
                                        const Data& data) {
  if (file.size() < kLengthBytes) {
    return data.Broken(absl::StrCat("expected a safetensors file, found only ",
                                    file.size(), " bytes"));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof(length));
  if (length > kMaxHeaderBytes) {
    return data.Broken(absl::StrCat("expected a header of at most ",
                                    kMaxHeaderBytes, " bytes, found ", length));
  }
  if (length > file.size() - kLengthBytes) {
    return data.Broken(absl::StrCat("the header says ", length,
                                    " bytes, the file has ", file.size(),
                                    ": truncated?"));
  }
  return static_cast<std::size_t>(length);
}

absl::StatusOr<json> ParseHeader(std::string_view text, const Data& data) {
  if (text.empty() || text.front() != '{') {
    return data.Broken("expected a header that begins with '{'");
  }
  absl::StatusOr<json> header =
      ParseJsonObject(text, absl::StrCat(data.path, ": header"));
  if (header.ok()) return header;
  return absl::DataLossError(header.status().message());
}

absl::StatusOr<std::map<std::string, std::string>> ParseMetadata(
    const json& value, const Data& data) {
  std::map<std::string, std::string> metadata;
  if (!value.is_object()) {
    return data.Broken("__metadata__: expected an object");
  }
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) {
      return data.Broken(
          absl::StrCat("__metadata__: expected a string in '", key, "'"));
    }
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

absl::StatusOr<std::vector<std::int64_t>> ParseSizes(const json& entry,
                                                     const char* field,
                                                     const std::string& name,
                                                     const Data& data) {
  const auto it = entry.find(field);
  if (it == entry.end() || !it->is_array() || it->size() > kMaxDims) {
    return data.Broken(
        name, absl::StrCat("expected a list of sizes in '", field, "'"));
  }
  std::vector<std::int64_t> sizes;
  for (const json& size : *it) {
    if (!size.is_number_unsigned() ||
        size.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
      return data.Broken(
          name, absl::StrCat("expected whole numbers in '", field, "'"));
    }
    sizes.push_back(size.get<std::int64_t>());
  }
  return sizes;
}

absl::StatusOr<const SafetensorsDtype*> ParseDtype(const json& entry,
                                                   const std::string& name,
                                                   const Data& data) {
  const auto it = entry.find("dtype");
  if (it == entry.end() || !it->is_string()) {
    return data.Broken(name, "expected a string in 'dtype'");
  }
  const auto& text = it->get_ref<const std::string&>();
  const SafetensorsDtype* dtype = FindSafetensorsDtype(text);
  if (dtype != nullptr) return dtype;
  return data.Broken(
      name, absl::StrCat("expected a dtype of ", KnownSafetensorsDtypes(),
                         ", found ", text));
}

absl::StatusOr<std::int64_t> ExpectedBytes(const TensorInfo& tensor, int bits,
                                           const Data& data) {
  const std::optional<std::int64_t> elements = CheckedElements(tensor.shape);
  std::int64_t total_bits = 0;
  if (!elements || __builtin_mul_overflow(*elements, bits, &total_bits)) {
    return data.Broken(
        tensor.name,
        absl::StrCat("shape ", ShapeString(tensor.shape), " is too large"));
  }
  if (total_bits % 8 != 0) {
    return data.Broken(tensor.name, "does not fill whole bytes");
  }
  return total_bits / 8;
}

absl::Status Locate(const json& entry, TensorInfo& tensor, const Data& data) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::vector<std::int64_t> offsets,
      ParseSizes(entry, "data_offsets", tensor.name, data));
  const auto size = static_cast<std::int64_t>(data.bytes.size());
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > size) {
    return data.Broken(
        tensor.name,
        absl::StrCat("expected data_offsets [begin, end] within the file's ",
                     size, " bytes of data, found ", ShapeString(offsets),
                     ": truncated?"));
  }
  if (offsets[1] - offsets[0] != tensor.bytes) {
    return data.Broken(
        tensor.name,
        absl::StrCat("shape ", ShapeString(tensor.shape), " of ",
                     tensor.type_name, " needs ", tensor.bytes,
                     " bytes, data_offsets give ", offsets[1] - offsets[0]));
  }
  tensor.data = data.bytes.data() + offsets[0];
  return absl::OkStatus();
}

absl::StatusOr<TensorInfo> ParseTensor(const std::string& name,
                                       const json& entry, const Data& data) {
  if (!entry.is_object()) return data.Broken(name, "expected an object");
  TensorInfo tensor;
  tensor.name = name;
  tensor.file = &data.path;
  SPACEMOE_ASSIGN_OR_RETURN(const SafetensorsDtype* dtype,
                            ParseDtype(entry, name, data));
  tensor.type = dtype->type;
  tensor.type_name = dtype->name;
  SPACEMOE_ASSIGN_OR_RETURN(tensor.shape,
                            ParseSizes(entry, "shape", name, data));
  SPACEMOE_ASSIGN_OR_RETURN(tensor.bytes,
                            ExpectedBytes(tensor, dtype->bits, data));
  SPACEMOE_RETURN_IF_ERROR(Locate(entry, tensor, data));
  return tensor;
}

// Sorts by position and checks that nothing overlaps or is left over.
absl::Status CheckCoverage(std::vector<TensorInfo>& tensors, const Data& data) {
  std::sort(tensors.begin(), tensors.end(),
            [](const TensorInfo& a, const TensorInfo& b) {
              return std::tie(a.data, a.bytes) < std::tie(b.data, b.bytes);
            });
  const std::byte* end = data.bytes.data();
  for (const TensorInfo& tensor : tensors) {
    if (tensor.data != end) {
      return data.Broken(
          tensor.name,
          absl::StrCat("begins at byte ", tensor.data - data.bytes.data(),
                       " of the data, where the one before ends at ",
                       end - data.bytes.data(), ": ",
                       tensor.data < end ? "overlap" : "hole"));
    }
    end += tensor.bytes;
  }
  const auto covered = static_cast<std::size_t>(end - data.bytes.data());
  if (covered == data.bytes.size()) return absl::OkStatus();
  return data.Broken(absl::StrCat("the tensors take ", covered,
                                  " bytes, the file holds ",
                                  data.bytes.size()));
}

}  // namespace

absl::StatusOr<SafetensorsHeader> ParseSafetensors(
    std::span<const std::byte> file, const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::size_t header_bytes,
                            HeaderBytes(file, Data{{}, path}));
  const Data data{file.subspan(kLengthBytes + header_bytes), path};
  const std::string_view text(
      reinterpret_cast<const char*>(file.data()) + kLengthBytes, header_bytes);
  SPACEMOE_ASSIGN_OR_RETURN(const json entries, ParseHeader(text, data));
  SafetensorsHeader header;
  for (const auto& [name, entry] : entries.items()) {
    if (name == "__metadata__") {
      SPACEMOE_ASSIGN_OR_RETURN(header.metadata, ParseMetadata(entry, data));
      continue;
    }
    SPACEMOE_ASSIGN_OR_RETURN(TensorInfo tensor,
                              ParseTensor(name, entry, data));
    header.tensors.push_back(std::move(tensor));
  }
  SPACEMOE_RETURN_IF_ERROR(CheckCoverage(header.tensors, data));
  return header;
}

absl::StatusOr<std::unique_ptr<SafetensorsFile>> SafetensorsFile::Open(
    const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(auto file, MappedFile::Open(path));
  SPACEMOE_ASSIGN_OR_RETURN(auto header,
                            ParseSafetensors(file->bytes(), file->path()));
  return std::unique_ptr<SafetensorsFile>(
      new SafetensorsFile(std::move(file), std::move(header)));
}

SafetensorsFile::SafetensorsFile(std::unique_ptr<MappedFile> file,
                                 SafetensorsHeader header)
    : file_(std::move(file)), header_(std::move(header)) {
  for (const TensorInfo& tensor : header_.tensors) {
    by_name_[tensor.name] = &tensor;
  }
}

const TensorInfo* SafetensorsFile::Find(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

}  // namespace spacemoe
