#include "tests/models/checkpoint/test_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace spacemoe {

namespace fs = std::filesystem;

TempDir::TempDir() {
  std::string name = (fs::temp_directory_path() / "spacemoe-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TempDir::Write(const std::string& name,
                           std::string_view bytes) const {
  std::ofstream file(File(name), std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return File(name);
}

void TempDir::CopyFrom(const std::string& folder) const {
  for (const auto& entry : fs::directory_iterator(folder)) {
    fs::copy_file(entry.path(), fs::path(path_) / entry.path().filename());
  }
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string SafetensorsBytes(std::string_view header, std::string_view data) {
  return Bytes<std::uint64_t>(header.size()) + std::string(header) +
         std::string(data);
}

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("nothing to replace");
  return text.replace(at, from.size(), to);
}

std::uint64_t Fnv1a(std::string_view bytes) {
  std::uint64_t digest = 0xcbf29ce484222325u;
  for (const char c : bytes) {
    digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return digest;
}

std::string GgufString(std::string_view text) {
  return Bytes<std::uint64_t>(text.size()) + std::string(text);
}

GgufBuilder& GgufBuilder::Version(std::uint32_t version) {
  version_ = version;
  return *this;
}

GgufBuilder& GgufBuilder::Pair(std::string_view key, GgufType type,
                               std::string_view value_bytes) {
  metadata_ += GgufString(key) + Bytes(type) + std::string(value_bytes);
  ++pairs_;
  return *this;
}

GgufBuilder& GgufBuilder::Uint32(std::string_view key, std::uint32_t value) {
  return Pair(key, GgufType::kUint32, Bytes(value));
}

GgufBuilder& GgufBuilder::Float32(std::string_view key, float value) {
  return Pair(key, GgufType::kFloat32, Bytes(value));
}

GgufBuilder& GgufBuilder::Bool(std::string_view key, bool value) {
  return Pair(key, GgufType::kBool, Bytes(static_cast<std::uint8_t>(value)));
}

GgufBuilder& GgufBuilder::String(std::string_view key, std::string_view value) {
  return Pair(key, GgufType::kString, GgufString(value));
}

GgufBuilder& GgufBuilder::Strings(std::string_view key,
                                  const std::vector<std::string>& values) {
  std::string bytes =
      Bytes(GgufType::kString) + Bytes<std::uint64_t>(values.size());
  for (const std::string& value : values) bytes += GgufString(value);
  return Pair(key, GgufType::kArray, bytes);
}

GgufBuilder& GgufBuilder::Ints(std::string_view key,
                               const std::vector<std::int32_t>& values) {
  std::string bytes =
      Bytes(GgufType::kInt32) + Bytes<std::uint64_t>(values.size());
  for (const std::int32_t value : values) bytes += Bytes(value);
  return Pair(key, GgufType::kArray, bytes);
}

GgufBuilder& GgufBuilder::Tensor(std::string_view name,
                                 const std::vector<std::uint64_t>& dims,
                                 std::uint32_t type, std::uint64_t offset) {
  infos_ += GgufString(name) + Bytes(static_cast<std::uint32_t>(dims.size()));
  for (const std::uint64_t dim : dims) infos_ += Bytes(dim);
  infos_ += Bytes(type) + Bytes(offset);
  ++tensors_;
  return *this;
}

GgufBuilder& GgufBuilder::Data(std::string_view bytes) {
  data_ = bytes;
  return *this;
}

GgufBuilder& GgufBuilder::Counts(std::uint64_t tensors, std::uint64_t pairs) {
  counts_set_ = true;
  said_tensors_ = tensors;
  said_pairs_ = pairs;
  return *this;
}

std::string GgufBuilder::Build() const {
  std::string out = "GGUF" + Bytes(version_);
  out += Bytes(counts_set_ ? said_tensors_ : tensors_);
  out += Bytes(counts_set_ ? said_pairs_ : pairs_);
  out += metadata_ + infos_;
  while (out.size() % 32 != 0) out.push_back('\0');
  return out + data_;
}

}  // namespace spacemoe
