#include "cli/bench/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "grpcpp/grpcpp.h"
#include "models/engine/libtorch_version.h"
#include "models/kernels/thread_pool.h"

namespace spacemoe {
namespace {

std::string ProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    const std::pair<std::string, std::string> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::StripAsciiWhitespace(field.first) != "model name") continue;
    return std::string(absl::StripAsciiWhitespace(field.second));
  }
  return "";
}

std::string KernelName() {
  utsname name{};
  if (uname(&name) != 0) return "";
  return absl::StrCat(name.sysname, " ", name.release, " ", name.machine);
}

double LoadOfTheLastMinute() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

std::string CompilerName() {
#if defined(__clang__)
  return absl::StrCat("Clang ", __clang_version__);
#else
  return absl::StrCat("GCC ", __VERSION__);
#endif
}

}  // namespace

Machine ThisMachine() {
  Machine machine;
  machine.processor = ProcessorName();
  machine.cores = AvailableCores();
  machine.memory_bytes =
      int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  machine.kernel = KernelName();
  machine.load = LoadOfTheLastMinute();
  machine.compiler = CompilerName();
  machine.libtorch = LibtorchVersion();
  machine.grpc = grpc::Version();
  machine.spacemoe = SPACEMOE_VERSION;
  return machine;
}

std::string ShellQuoted(const std::string& word) {
  const bool plain =
      !word.empty() &&
      word.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
          "-_./:=,+@%") == word.npos;
  if (plain) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

std::string ThisCommand() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!text.empty() && text.back() == '\0') text.pop_back();
  std::vector<std::string> words = absl::StrSplit(text, '\0');
  words.front() = std::filesystem::path(words.front()).filename();
  return absl::StrJoin(words, " ", [](std::string* out, const std::string& w) {
    absl::StrAppend(out, ShellQuoted(w));
  });
}

}  // namespace spacemoe
