// Folders and files for tests, and files that are broken on purpose.
#ifndef SPACEMOE_TESTS_MODELS_CHECKPOINT_TEST_FILES_H_
#define SPACEMOE_TESTS_MODELS_CHECKPOINT_TEST_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/checkpoint/gguf.h"

namespace spacemoe {

// A new folder, removed with all that is in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

  // Writes a file in the folder and returns its path.
  std::string Write(const std::string& name, std::string_view bytes) const;
  // Copies a fixture folder's files to here.
  void CopyFrom(const std::string& folder) const;

 private:
  std::string path_;
};

std::string ReadAll(const std::string& path);

// length, header, data.
std::string SafetensorsBytes(std::string_view header, std::string_view data);

// Replaces the first occurrence, which must exist.
std::string Replaced(std::string text, std::string_view from,
                     std::string_view to);

std::uint64_t Fnv1a(std::string_view bytes);

// Builds a GGUF file, valid or not.
class GgufBuilder {
 public:
  GgufBuilder& Version(std::uint32_t version);
  GgufBuilder& Pair(std::string_view key, GgufType type,
                    std::string_view value_bytes);
  GgufBuilder& Uint32(std::string_view key, std::uint32_t value);
  GgufBuilder& Float32(std::string_view key, float value);
  GgufBuilder& Bool(std::string_view key, bool value);
  GgufBuilder& String(std::string_view key, std::string_view value);
  GgufBuilder& Strings(std::string_view key,
                       const std::vector<std::string>& values);
  GgufBuilder& Ints(std::string_view key,
                    const std::vector<std::int32_t>& values);
  // Dimensions innermost first; `offset` from the data's beginning.
  GgufBuilder& Tensor(std::string_view name,
                      const std::vector<std::uint64_t>& dims,
                      std::uint32_t type, std::uint64_t offset);
  GgufBuilder& Data(std::string_view bytes);
  // Instead of the true numbers.
  GgufBuilder& Counts(std::uint64_t tensors, std::uint64_t pairs);

  std::string Build() const;

 private:
  std::uint32_t version_ = 3;
  std::uint64_t tensors_ = 0;
  std::uint64_t pairs_ = 0;
  bool counts_set_ = false;
  std::uint64_t said_tensors_ = 0;
  std::uint64_t said_pairs_ = 0;
  std::string metadata_;
  std::string infos_;
  std::string data_;
};

// Little-endian bytes of a value; a GGUF string.
template <typename T>
std::string Bytes(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(T));
}
std::string GgufString(std::string_view text);

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_MODELS_CHECKPOINT_TEST_FILES_H_
