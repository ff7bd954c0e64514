// Safetensors files, written.
#ifndef SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_WRITER_H_
#define SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

enum class SafetensorsType : std::uint8_t { kF32, kF16, kBF16, kI64 };

std::string_view SafetensorsTypeName(SafetensorsType type);
int SafetensorsTypeBytes(SafetensorsType type);

struct TensorSpec {
  std::string name;
  SafetensorsType type = SafetensorsType::kF32;
  std::vector<std::int64_t> shape;

  std::int64_t bytes() const;
};

// Writes the header at once and the tensors as they come, in the order of
// `specs`; nothing is held in memory. Writes to `path` + ".partial" and
// renames in Finish, so that `path` is whole or absent; a writer that is
// destroyed before Finish removes its partial file. Not thread-safe.
class SafetensorsWriter {
 public:
  static absl::StatusOr<std::unique_ptr<SafetensorsWriter>> Create(
      const std::string& path, const std::vector<TensorSpec>& specs);

  ~SafetensorsWriter();
  SafetensorsWriter(const SafetensorsWriter&) = delete;
  SafetensorsWriter& operator=(const SafetensorsWriter&) = delete;

  // The next bytes of the data, in pieces of any size.
  absl::Status Append(std::span<const std::byte> bytes);

  // FAILED_PRECONDITION when the bytes appended are not those announced.
  absl::Status Finish();

 private:
  SafetensorsWriter(std::string path, std::FILE* file, std::int64_t expected);

  absl::Status Write(std::span<const std::byte> bytes);

  const std::string path_;
  const std::string partial_path_;
  const std::int64_t expected_bytes_;
  std::int64_t written_bytes_ = 0;
  std::FILE* file_ = nullptr;
};

// One float32 tensor in a file of its own.
absl::Status WriteF32Safetensors(const std::string& path,
                                 const std::string& name,
                                 const std::vector<std::int64_t>& shape,
                                 std::span<const float> values);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_WRITER_H_
