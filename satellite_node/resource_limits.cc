#include "satellite_node/resource_limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status TooLow(const std::string& limit, int64_t value, int64_t satellites,
                    int64_t needed, const std::string& advice) {
  return absl::ResourceExhaustedError(absl::StrCat(
      limit, " is too low for ", satellites, " satellites: ", needed,
      " needed, ", value, " there (", advice, ")"));
}

// The number in a one-line file; unset when it is missing or "max".
std::optional<int64_t> ReadNumber(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  int64_t value = 0;
  if (!std::getline(file, line) || !absl::SimpleAtoi(line, &value))
    return std::nullopt;
  return value;
}

// Version 2: "0::/path".
std::string ControlGroupFolder() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (absl::StartsWith(line, "0::"))
      return absl::StrCat("/sys/fs/cgroup", line.substr(3));
  }
  return "/sys/fs/cgroup";
}

absl::Status CheckTasks(int64_t satellites, int64_t tasks_each) {
  const int64_t needed = satellites * tasks_each;
  const std::string group = ControlGroupFolder();
  if (const auto most = ReadNumber(absl::StrCat(group, "/pids.max"))) {
    const int64_t left =
        *most - ReadNumber(absl::StrCat(group, "/pids.current")).value_or(0);
    if (left < needed) {
      return TooLow("the control group's limit on tasks (pids.max)", left,
                    satellites, needed, "raise TasksMax= or --pids-limit");
    }
  }
  if (const auto most = ReadNumber("/proc/sys/kernel/threads-max");
      most && *most < needed) {
    return TooLow("kernel.threads-max", *most, satellites, needed,
                  "raise it with sysctl");
  }
  if (const auto most = ReadNumber("/proc/sys/kernel/pid_max");
      most && *most < needed) {
    return TooLow("kernel.pid_max", *most, satellites, needed,
                  "raise it with sysctl");
  }
  rlimit limit;
  if (geteuid() != 0 && getrlimit(RLIMIT_NPROC, &limit) == 0 &&
      limit.rlim_cur < static_cast<rlim_t>(needed)) {
    return TooLow("the user's limit on tasks (RLIMIT_NPROC)", limit.rlim_cur,
                  satellites, needed, "raise it with ulimit -u");
  }
  return absl::OkStatus();
}

std::optional<int64_t> AvailableMemory() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  int64_t kib = 0;
  while (file >> key >> kib) {
    std::getline(file, unit);
    if (key == "MemAvailable:") return kib * 1024;
  }
  return std::nullopt;
}

absl::Status CheckMemory(int64_t satellites) {
  const int64_t needed = satellites * kMemoryBytesPerSatellite;
  const int64_t available =
      AvailableMemory().value_or(std::numeric_limits<int64_t>::max());
  if (available >= needed) return absl::OkStatus();
  return TooLow("available memory in MiB", available >> 20, satellites,
                needed >> 20,
                "use fewer satellites, e.g. more experts on each");
}

}  // namespace

absl::Status PrepareLimits(int64_t satellites, bool metrics) {
  SPACEMOE_RETURN_IF_ERROR(RaiseDescriptorLimit(kDescriptorsPerSatellite));
  SPACEMOE_RETURN_IF_ERROR(CheckTasks(
      satellites, kTasksPerSatellite + (metrics ? kTasksOfMetrics : 0)));
  return CheckMemory(satellites);
}

}  // namespace spacemoe
