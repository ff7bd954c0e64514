// spacemoe-satellite: a satellite, or the warm parent of many.
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/fingerprint.h"
#include "runtime/base/log.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "satellite_node/flags.h"
#include "satellite_node/resource_limits.h"
#include "satellite_node/satellite_process.h"
#include "satellite_node/warm_parent.h"
#include "satellite_node/warm_up.h"

namespace spacemoe {
namespace {

// Libraries start their threads while they are loaded, before main. Runs this
// program again when the environment let them.
void KeepLibrariesSingleThreaded(char** argv) {
  bool changed = false;
  for (const char* name :
       {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && std::string(value) == "1") continue;
    setenv(name, "1", 1);
    changed = true;
  }
  if (changed) execv(ExecutablePath().c_str(), argv);
}

// Threads share few heaps: a heap of its own for each would cost more than the
// lock does. What a step frees is kept for the next one, up to a megabyte: the
// kernel would clear it anew each time.
void KeepHeapSmall() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  mallopt(M_MMAP_THRESHOLD, 2 << 20);
}

int ReportEnd(const absl::Status& status) {
  if (status.ok()) return 0;
  LogError(std::string(status.message()));
  return 1;
}

int RunChild(SatelliteProcessOptions options, uint32_t index) {
  SetLogPrefix(absl::StrCat("spacemoe-satellite[", index, "]"));
  options.index = index;
  return ReportEnd(RunSatelliteProcess(options));
}

// Replaces this process by an ordinary satellite.
int ExecuteChild(const SatelliteProcessOptions& options, uint32_t index) {
  std::vector<std::string> arguments = {
      "spacemoe-satellite",
      "--coordinator",
      options.coordinator,
      "--index",
      absl::StrCat(index),
      "--connect-timeout",
      absl::StrCat(absl::ToDoubleSeconds(options.connect_timeout))};
  if (!options.model_path.empty()) {
    arguments.insert(arguments.end(), {"--model", options.model_path});
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv(ExecutablePath().c_str(), argv.data());
  return ReportEnd(ErrnoStatus("cannot execute a satellite", errno));
}

// A satellite that brings a checkpoint says which at once, so that a wrong one
// is turned away before the ring counts on it.
absl::Status RunAlone(SatelliteProcessOptions options) {
  std::unique_ptr<Checkpoint> checkpoint;
  if (!options.model_path.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(checkpoint, Checkpoint::Open(options.model_path));
    SPACEMOE_ASSIGN_OR_RETURN(options.model_hash, Fingerprint(*checkpoint));
    options.checkpoint = checkpoint.get();
  }
  return RunSatelliteProcess(options);
}

absl::StatusOr<int> RunParent(SatelliteFlags flags) {
  SPACEMOE_RETURN_IF_ERROR(PrepareLimits(flags.fork->count));
  flags.fork->child_executes =
      std::getenv("SPACEMOE_EXECUTE_SATELLITES") != nullptr;
  if (flags.fork->child_executes) {
    return RunWarmParent(*flags.fork, [&](uint32_t index) {
      return ExecuteChild(flags.satellite, index);
    });
  }
  std::unique_ptr<Checkpoint> checkpoint;
  if (!flags.satellite.model_path.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(checkpoint,
                              Checkpoint::Open(flags.satellite.model_path));
    SPACEMOE_RETURN_IF_ERROR(WarmUp(*checkpoint));
    flags.satellite.checkpoint = checkpoint.get();
    SPACEMOE_ASSIGN_OR_RETURN(flags.satellite.model_hash,
                              Fingerprint(*checkpoint));
  }
  return RunWarmParent(*flags.fork, [&](uint32_t index) {
    return RunChild(flags.satellite, index);
  });
}

int Main(const SatelliteFlags& flags) {
  if (!flags.fork.has_value()) return ReportEnd(RunAlone(flags.satellite));
  const absl::StatusOr<int> ended = RunParent(flags);
  return ended.ok() ? *ended : ReportEnd(ended.status());
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) {
  spacemoe::KeepLibrariesSingleThreaded(argv);
  spacemoe::KeepHeapSmall();
  spacemoe::SetLogPrefix("spacemoe-satellite");
  int exit_code = 0;
  const auto flags = spacemoe::ParseFlags(argc, argv, &exit_code);
  return flags.has_value() ? spacemoe::Main(*flags) : exit_code;
}
