#include "runtime/base/process.h"

#include <dirent.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
      return absl::StatusCode::kPermissionDenied;
    case EADDRINUSE:
      return absl::StatusCode::kAlreadyExists;
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status ErrnoStatus(std::string_view what, int error_number) {
  return absl::Status(
      CodeOf(error_number),
      absl::StrCat(std::string(what), ": ", std::strerror(error_number)));
}

absl::StatusOr<int> ThreadCount() {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr)
    return ErrnoStatus("cannot list /proc/self/task", errno);
  int count = 0;
  while (const dirent* entry = readdir(tasks)) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

std::string ExecutablePath() {
  constexpr char kLink[] = "/proc/self/exe";
  std::error_code error;
  const std::filesystem::path path =
      std::filesystem::read_symlink(kLink, error);
  return std::filesystem::exists(path, error) ? path.string() : kLink;
}

absl::StatusOr<std::string> MonotonicClockId() {
  constexpr char kPath[] = "/proc/sys/kernel/random/boot_id";
  std::ifstream file(kPath);
  std::string id;
  if (!std::getline(file, id))
    return ErrnoStatus(absl::StrCat("cannot read ", kPath), errno);
  // Kernels without time namespaces have no such link.
  std::error_code error;
  const auto space = std::filesystem::read_symlink("/proc/self/ns/time", error);
  return error ? id : absl::StrCat(id, " ", space.string());
}

absl::Status RaiseDescriptorLimit(uint64_t needed) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return ErrnoStatus("getrlimit(RLIMIT_NOFILE)", errno);
  if (limit.rlim_max < needed) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the limit on open descriptors is too low: ", needed,
                     " needed, hard limit ", limit.rlim_max,
                     " (raise it with ulimit -Hn or LimitNOFILE=)"));
  }
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    return ErrnoStatus("setrlimit(RLIMIT_NOFILE)", errno);
  return absl::OkStatus();
}

void WakeUpPrecisely() { prctl(PR_SET_TIMERSLACK, 1UL); }

void PreferThroughput() {
  const sched_param parameters = {};
  sched_setscheduler(0, SCHED_BATCH, &parameters);
}

absl::Status DieWithParent(int parent_pid) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
    return ErrnoStatus("prctl(PR_SET_PDEATHSIG)", errno);
  if (getppid() == parent_pid) return absl::OkStatus();
  return absl::FailedPreconditionError("the parent process has ended");
}

}  // namespace spacemoe
