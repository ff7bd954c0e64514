#include "runtime/base/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid())
    return ErrnoStatus(absl::StrCat("cannot read ", path), errno);
  std::string text;
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got == 0) return text;
    if (got > 0) {
      text.append(buffer.data(), got);
    } else if (errno != EINTR) {
      return ErrnoStatus(absl::StrCat("cannot read ", path), errno);
    }
  }
}

}  // namespace spacemoe
