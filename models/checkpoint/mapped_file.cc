#include "models/checkpoint/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status SystemError(const std::string& what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

absl::StatusOr<std::size_t> RegularFileSize(int fd, const std::string& path) {
  struct stat info = {};
  if (fstat(fd, &info) != 0) return SystemError("examine", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat("expected a regular file: ", path));
  }
  return static_cast<std::size_t>(info.st_size);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MappedFile>> MappedFile::Open(
    const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return SystemError("open", path);
  const auto close_file = absl::MakeCleanup([fd] { close(fd); });
  SPACEMOE_ASSIGN_OR_RETURN(const std::size_t size, RegularFileSize(fd, path));
  if (size == 0) {
    return std::unique_ptr<MappedFile>(new MappedFile(path, {}));
  }
  void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return SystemError("map", path);
  return std::unique_ptr<MappedFile>(
      new MappedFile(path, {static_cast<const std::byte*>(address), size}));
}

MappedFile::MappedFile(std::string path, std::span<const std::byte> bytes)
    : path_(std::move(path)), bytes_(bytes) {}

MappedFile::~MappedFile() {
  if (bytes_.empty()) return;
  munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path,
                                         std::size_t max_bytes) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto file, MappedFile::Open(path));
  const auto bytes = file->bytes();
  if (bytes.size() > max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, ": expected at most ", max_bytes, " bytes, found ",
                     bytes.size()));
  }
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace spacemoe
