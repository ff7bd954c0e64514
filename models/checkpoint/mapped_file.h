// A file mapped read-only into memory.
#ifndef SPACEMOE_MODELS_CHECKPOINT_MAPPED_FILE_H_
#define SPACEMOE_MODELS_CHECKPOINT_MAPPED_FILE_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace spacemoe {

// Pages are read when they are touched and shared with every process that maps
// the same file. The descriptor is closed after mapping. A file that is
// truncated by somebody else while it is mapped raises SIGBUS on access; that
// is out of this class's reach: replace files by renaming, never in place.
// Thread-safe after opening.
class MappedFile {
 public:
  // NOT_FOUND, PERMISSION_DENIED or FAILED_PRECONDITION (not a regular file),
  // with the path. An empty file maps to no bytes.
  static absl::StatusOr<std::unique_ptr<MappedFile>> Open(
      const std::string& path);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  MappedFile(std::string path, std::span<const std::byte> bytes);

  const std::string path_;
  const std::span<const std::byte> bytes_;
};

// Reads a small text file whole. RESOURCE_EXHAUSTED above `max_bytes`.
absl::StatusOr<std::string> ReadTextFile(const std::string& path,
                                         std::size_t max_bytes);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_MAPPED_FILE_H_
