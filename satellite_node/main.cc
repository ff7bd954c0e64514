// spacemoe-satellite: a satellite, or the warm parent of many.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
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
#include "runtime/net/address.h"
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

// The first process of a container gets no signal that it does not ask for.
void EndOnRequestInContainers() {
  if (getpid() == 1) std::signal(SIGTERM, [](int) { _exit(128 + SIGTERM); });
}

int ReportEnd(const absl::Status& status) {
  if (status.ok()) return 0;
  LogError(std::string(status.message()));
  return 1;
}

// That of the forked satellite which runs as `index`.
std::string MetricsListenOf(const SatelliteFlags& flags, uint32_t index) {
  const std::string& first = flags.satellite.metrics_listen;
  if (first.empty()) return first;
  Address address = *ParseAddress(first);  // the flags were checked
  const std::vector<uint32_t>& indices = flags.fork->indices;
  const auto listed = std::find(indices.begin(), indices.end(), index);
  const auto place = listed == indices.end() ? index - flags.fork->first_index
                                             : listed - indices.begin();
  if (address.port != 0)
    address.port = static_cast<uint16_t>(address.port + place);
  return address.ToString();
}

int RunChild(const SatelliteFlags& flags, uint32_t index) {
  SetLogPrefix(absl::StrCat("spacemoe-satellite[", index, "]"));
  SatelliteProcessOptions options = flags.satellite;
  options.metrics_listen = MetricsListenOf(flags, index);
  if (!flags.any_place) options.index = index;
  return ReportEnd(RunSatelliteProcess(options));
}

void AddTlsArguments(const TlsFlags& tls, std::vector<std::string>* arguments) {
  if (tls.insecure) arguments->push_back("--insecure");
  if (tls.files.empty()) return;
  arguments->insert(arguments->end(),
                    {"--tls-ca", tls.files.ca, "--tls-cert",
                     tls.files.certificate, "--tls-key", tls.files.key});
}

// Replaces this process by an ordinary satellite.
int ExecuteChild(const SatelliteFlags& flags, uint32_t index) {
  const SatelliteProcessOptions& options = flags.satellite;
  std::vector<std::string> arguments = {
      "spacemoe-satellite", "--coordinator", options.coordinator,
      "--connect-timeout",
      absl::StrCat(absl::ToDoubleSeconds(options.connect_timeout))};
  if (!options.metrics_listen.empty()) {
    arguments.insert(arguments.end(),
                     {"--metrics-listen", MetricsListenOf(flags, index)});
  }
  if (!options.model_path.empty()) {
    arguments.insert(arguments.end(), {"--model", options.model_path});
  }
  if (!flags.any_place)
    arguments.insert(arguments.end(), {"--index", absl::StrCat(index)});
  AddTlsArguments(flags.tls, &arguments);
  // It is one.
  for (const char* name : {"SPACEMOE_SATELLITES", "SPACEMOE_INDICES"})
    unsetenv(name);
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

// One error for a checkpoint that cannot be opened, not one for each child.
absl::StatusOr<int> RunParent(SatelliteFlags flags) {
  SPACEMOE_RETURN_IF_ERROR(PrepareLimits(
      flags.fork->count, !flags.satellite.metrics_listen.empty()));
  std::unique_ptr<Checkpoint> checkpoint;
  if (!flags.satellite.model_path.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(checkpoint,
                              Checkpoint::Open(flags.satellite.model_path));
  }
  flags.fork->child_executes =
      std::getenv("SPACEMOE_EXECUTE_SATELLITES") != nullptr;
  if (flags.fork->child_executes) {
    return RunWarmParent(*flags.fork, [&](uint32_t index) {
      return ExecuteChild(flags, index);
    });
  }
  if (checkpoint != nullptr) {
    SPACEMOE_RETURN_IF_ERROR(WarmUp(*checkpoint));
    flags.satellite.checkpoint = checkpoint.get();
    SPACEMOE_ASSIGN_OR_RETURN(flags.satellite.model_hash,
                              Fingerprint(*checkpoint));
  }
  return RunWarmParent(*flags.fork,
                       [&](uint32_t index) { return RunChild(flags, index); });
}

// Before anything is forked: one error, not one for each.
absl::Status LoadKeys(SatelliteFlags* flags) {
  std::vector<std::string> addresses = {flags->satellite.coordinator};
  if (!flags->satellite.listen.empty())
    addresses.push_back(flags->satellite.listen);
  SPACEMOE_ASSIGN_OR_RETURN(
      flags->satellite.identity,
      IdentityFor(flags->tls, NodeRole::kSatellite, addresses));
  return absl::OkStatus();
}

int Main(SatelliteFlags flags) {
  if (const absl::Status keys = LoadKeys(&flags); !keys.ok())
    return ReportEnd(keys);
  if (!flags.fork.has_value())
    return ReportEnd(RunAlone(std::move(flags.satellite)));
  const absl::StatusOr<int> ended = RunParent(flags);
  return ended.ok() ? *ended : ReportEnd(ended.status());
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) {
  spacemoe::KeepLibrariesSingleThreaded(argv);
  spacemoe::KeepHeapSmall();
  spacemoe::EndOnRequestInContainers();
  spacemoe::SetLogPrefix("spacemoe-satellite");
  int exit_code = 0;
  const auto flags = spacemoe::ParseFlags(argc, argv, &exit_code);
  return flags.has_value() ? spacemoe::Main(*flags) : exit_code;
}
