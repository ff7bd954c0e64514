#include "models/checkpoint/safetensors_writer.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// The data begins at a multiple of 8, as the reference implementation does it.
constexpr std::size_t kHeaderAlignment = 8;

std::string BuildHeader(const std::vector<TensorSpec>& specs) {
  nlohmann::ordered_json header;
  header["__metadata__"] = {{"format", "pt"}};
  std::int64_t offset = 0;
  for (const TensorSpec& spec : specs) {
    header[spec.name] = {{"dtype", std::string(SafetensorsTypeName(spec.type))},
                         {"shape", spec.shape},
                         {"data_offsets", {offset, offset + spec.bytes()}}};
    offset += spec.bytes();
  }
  std::string text = header.dump();
  while (text.size() % kHeaderAlignment != 0) text.push_back(' ');
  return text;
}

std::int64_t TotalBytes(const std::vector<TensorSpec>& specs) {
  std::int64_t total = 0;
  for (const TensorSpec& spec : specs) total += spec.bytes();
  return total;
}

absl::Status SystemError(const std::string& what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

}  // namespace

std::string_view SafetensorsTypeName(SafetensorsType type) {
  switch (type) {
    case SafetensorsType::kF32:
      return "F32";
    case SafetensorsType::kF16:
      return "F16";
    case SafetensorsType::kBF16:
      return "BF16";
    case SafetensorsType::kI64:
      return "I64";
  }
  return "unknown";
}

int SafetensorsTypeBytes(SafetensorsType type) {
  switch (type) {
    case SafetensorsType::kF32:
      return 4;
    case SafetensorsType::kF16:
    case SafetensorsType::kBF16:
      return 2;
    case SafetensorsType::kI64:
      return 8;
  }
  return 0;
}

std::int64_t TensorSpec::bytes() const {
  std::int64_t total = SafetensorsTypeBytes(type);
  for (const std::int64_t size : shape) total *= size;
  return total;
}

absl::StatusOr<std::unique_ptr<SafetensorsWriter>> SafetensorsWriter::Create(
    const std::string& path, const std::vector<TensorSpec>& specs) {
  const std::string partial = path + ".partial";
  std::FILE* file = std::fopen(partial.c_str(), "wb");
  if (file == nullptr) return SystemError("create", partial);
  std::unique_ptr<SafetensorsWriter> writer(
      new SafetensorsWriter(path, file, TotalBytes(specs)));
  const std::string header = BuildHeader(specs);
  const std::uint64_t length = header.size();
  SPACEMOE_RETURN_IF_ERROR(writer->Write(std::as_bytes(std::span(&length, 1))));
  SPACEMOE_RETURN_IF_ERROR(writer->Write(std::as_bytes(std::span(header))));
  return writer;
}

SafetensorsWriter::SafetensorsWriter(std::string path, std::FILE* file,
                                     std::int64_t expected)
    : path_(std::move(path)),
      partial_path_(path_ + ".partial"),
      expected_bytes_(expected),
      file_(file) {}

SafetensorsWriter::~SafetensorsWriter() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  unlink(partial_path_.c_str());
}

absl::Status SafetensorsWriter::Write(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) {
    return absl::OkStatus();
  }
  return SystemError("write", partial_path_);
}

absl::Status SafetensorsWriter::Append(std::span<const std::byte> bytes) {
  written_bytes_ += static_cast<std::int64_t>(bytes.size());
  return Write(bytes);
}

absl::Status SafetensorsWriter::Finish() {
  if (written_bytes_ != expected_bytes_) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": announced ", expected_bytes_, " bytes, got ",
                     written_bytes_));
  }
  const bool flushed = std::fflush(file_) == 0 && fsync(fileno(file_)) == 0;
  const bool closed = std::fclose(file_) == 0;
  file_ = nullptr;
  if (flushed && closed &&
      std::rename(partial_path_.c_str(), path_.c_str()) == 0) {
    return absl::OkStatus();
  }
  const absl::Status failed = SystemError("write", path_);
  unlink(partial_path_.c_str());
  return failed;
}

absl::Status WriteF32Safetensors(const std::string& path,
                                 const std::string& name,
                                 const std::vector<std::int64_t>& shape,
                                 std::span<const float> values) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto writer,
      SafetensorsWriter::Create(path, {{name, SafetensorsType::kF32, shape}}));
  SPACEMOE_RETURN_IF_ERROR(writer->Append(std::as_bytes(values)));
  return writer->Finish();
}

}  // namespace spacemoe
