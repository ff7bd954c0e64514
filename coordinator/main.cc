// spacemoe-coordinator: membership, plan, admission and the public API.
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/service/server.h"
#include "runtime/base/log.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/tls_flags.h"

namespace spacemoe {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitBadUse = 2;
// A satellite's stream and what gRPC needs besides.
constexpr uint64_t kDescriptorsPerSatellite = 2;
constexpr uint64_t kOtherDescriptors = 64;

struct Flags {
  CoordinatorOptions options;
  TlsFlags tls;
  double probe_interval_s = 10;
  CLI::Option* probe_interval = nullptr;
  bool parent_pipe = false;
};

void AddFlags(CLI::App* app, Flags* flags) {
  app->description(
      "Coordinates a ring of satellites: plans, admits, serves.\n"
      "Examples:\n"
      "  spacemoe-coordinator --model models/demo --listen localhost:7000 \\\n"
      "    --http localhost:8000\n"
      "  spacemoe-coordinator --model models/demo --listen 0.0.0.0:7000 \\\n"
      "    --tls-ca ca.pem --tls-cert cert.pem --tls-key key.pem");
  app->add_option("--model", flags->options.model,
                  "GGUF file or Hugging Face folder")
      ->required();
  app->add_option("--listen", flags->options.listen,
                  "HOST:PORT, unix:PATH or unix-abstract:NAME")
      ->required();
  AddTlsFlags(app, &flags->tls);
  AddPlanFlags(app, &flags->options.ring);
  AddComputeFlags(app, &flags->options.ring);
  AddComputeTimeFlag(app, &flags->options.ring);
  AddTimeFlags(app, &flags->options.ring);
  AddHttpFlag(app, &flags->options.api);
  AddApiFlags(app, &flags->options.api);
  app->add_flag("--trace", flags->options.ring.trace,
                "satellites record their steps and packets for GetTrace");
  app->add_option("--metrics-listen", flags->options.metrics_listen,
                  "HOST:PORT for /health/live, /health/ready, /metrics and /sd "
                  "(default: nowhere)");
  flags->probe_interval =
      app->add_option("--probe-interval", flags->probe_interval_s,
                      "after so many seconds without a token the ring is asked "
                      "for one, to know that it works; 0: never (default 10, "
                      "0 with --parent-pipe and without --http)")
          ->check(CLI::Range(0.0, 86400.0));
  app->add_flag("--parent-pipe", flags->parent_pipe,
                "end when stdin does; a keyboard's interrupt is left to the "
                "parent");
}

void WaitForSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
}

void WaitForEndOfInput() {
  char buffer[256];
  while (read(STDIN_FILENO, buffer, sizeof(buffer)) > 0) {
  }
}

absl::StatusOr<std::unique_ptr<CoordinatorServer>> StartServer(Flags flags) {
  SPACEMOE_ASSIGN_OR_RETURN(
      flags.options.identity,
      IdentityFor(flags.tls, NodeRole::kCoordinator, {flags.options.listen}));
  return CoordinatorServer::Start(flags.options);
}

void TellOfApi(const ApiServer& api) {
  std::printf("api %s%s\n", api.url().c_str(),
              api.open_to_all() ? " open" : "");
  if (!api.open_to_all()) return;
  std::fprintf(stderr,
               "spacemoe-coordinator: everybody who reaches %s may use it; "
               "--api-key-file changes that\n",
               api.url().c_str());
}

int Serve(const Flags& flags, const sigset_t& signals) {
  auto server = StartServer(flags);
  if (!server.ok()) {
    std::fprintf(stderr, "spacemoe-coordinator: %s\n",
                 std::string(server.status().message()).c_str());
    return kExitFailed;
  }
  if (const absl::Status status = RaiseDescriptorLimit(
          (*server)->plan().size() * kDescriptorsPerSatellite +
          flags.options.api.max_connections + kOtherDescriptors);
      !status.ok()) {
    std::fprintf(stderr, "spacemoe-coordinator: %s\n",
                 std::string(status.message()).c_str());
    return kExitFailed;
  }
  std::printf("listening %s satellites %d\n", (*server)->address().c_str(),
              (*server)->plan().size());
  if ((*server)->api() != nullptr) TellOfApi(*(*server)->api());
  if (const std::string metrics = (*server)->metrics_address();
      !metrics.empty()) {
    std::printf("metrics %s\n", metrics.c_str());
  }
  std::fflush(stdout);
  if (flags.parent_pipe) {
    WaitForEndOfInput();
  } else {
    WaitForSignal(signals);
  }
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app;
  Flags flags;
  AddFlags(&app, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitBadUse;
  }
  // A person's own run is not interfered with.
  if (flags.parent_pipe && flags.options.api.listen.empty() &&
      flags.probe_interval->count() == 0)
    flags.probe_interval_s = 0;
  flags.options.readiness.interval = absl::Seconds(flags.probe_interval_s);
  // Threads inherit the mask: signals come to sigwait alone.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  if (!flags.parent_pipe) sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Satellites on this machine make the tokens that it waits for.
  PreferThroughput();
  SetLogPrefix("spacemoe-coordinator");
  PrepareGrpc();
  return Serve(flags, signals);
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) { return spacemoe::Main(argc, argv); }
