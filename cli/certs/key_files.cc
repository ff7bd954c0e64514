#include "cli/certs/key_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {
namespace {

constexpr mode_t kSecret = 0600;
constexpr mode_t kPublic = 0644;

absl::Status CannotWrite(const std::filesystem::path& path) {
  return ErrnoStatus(absl::StrCat("cannot write ", path.string()), errno);
}

bool WriteAll(int fd, const std::string& content) {
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = write(fd, content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += got;
  }
  return fsync(fd) == 0;
}

}  // namespace

absl::Status WriteKeyFile(const std::filesystem::path& path,
                          const std::string& content, bool secret) {
  const std::string draft = path.string() + ".new";
  unlink(draft.c_str());
  UniqueFd fd(
      open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kSecret));
  if (!fd.valid()) return CannotWrite(path);
  if (!WriteAll(fd.get(), content) ||
      fchmod(fd.get(), secret ? kSecret : kPublic) != 0 ||
      rename(draft.c_str(), path.c_str()) != 0) {
    const absl::Status failed = CannotWrite(path);
    unlink(draft.c_str());
    return failed;
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
