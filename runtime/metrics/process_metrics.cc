#include "runtime/metrics/process_metrics.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "runtime/metrics/families.h"

namespace spacemoe {
namespace {

// Fields of /proc/self/stat from the third on: proc(5).
constexpr size_t kUserTicks = 11;
constexpr size_t kSystemTicks = 12;
constexpr size_t kThreads = 17;
constexpr size_t kStartTicks = 19;
constexpr size_t kResidentPages = 21;

std::vector<double> StatFields() {
  std::ifstream file("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::vector<double> fields;
  const size_t after_name = text.rfind(')');
  if (after_name == text.npos) return fields;
  std::istringstream words(text.substr(after_name + 1));
  std::string word;
  while (words >> word) fields.push_back(std::atof(word.c_str()));
  return fields;
}

// Seconds since 1970.
std::optional<double> BootTime() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word) {
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

std::optional<double> OpenDescriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return std::nullopt;
  return static_cast<double>(std::distance(begin(files), end(files)));
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics(
    const std::string& program, const std::string& version) {
  std::vector<prometheus::MetricFamily> families;
  FamilyBuilder build("spacemoe_build_info", "Always 1; the version is a label",
                      prometheus::MetricType::Gauge);
  build.Value(1, {{"program", program}, {"version", version}});
  families.push_back(std::move(build).Build());
  const std::vector<double> stat = StatFields();
  if (stat.size() <= kResidentPages) return families;
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  families.push_back(
      CounterFamily("process_cpu_seconds_total", "CPU time of the process",
                    (stat[kUserTicks] + stat[kSystemTicks]) / ticks));
  families.push_back(GaugeFamily(
      "process_resident_memory_bytes",
      "Resident memory; pages that processes share are in each of theirs",
      stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE))));
  families.push_back(
      GaugeFamily("process_threads", "Threads of the process", stat[kThreads]));
  if (const auto boot = BootTime()) {
    families.push_back(GaugeFamily("process_start_time_seconds",
                                   "When the process began, since 1970",
                                   *boot + stat[kStartTicks] / ticks));
  }
  if (const auto open = OpenDescriptors()) {
    families.push_back(
        GaugeFamily("process_open_fds", "Open file descriptors", *open));
  }
  return families;
}

}  // namespace spacemoe
