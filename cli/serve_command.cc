#include <unistd.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command.h"
#include "cli/generate/ring_run.h"
#include "cli/generate_flags.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "coordinator/options/api_options.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/address.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Ends, and everything with it, at SIGINT or SIGTERM.\n"
    "Examples:\n"
    "  spacemoe serve --model models/demo\n"
    "  spacemoe serve --model mixtral/ --http 0.0.0.0:8000 --api-key-file keys "
    "--links off\n"
    "  spacemoe serve --model models/demo --satellite-metrics 127.0.0.1:0\n"
    "Then: spacemoe chat, or any client of OpenAI's with the base URL "
    "http://localhost:8000/v1\n";

struct Flags {
  std::string model;
  RingOptions ring;
  RingServices services;
};

std::string Headline(const RingRun& run) {
  const Plan& plan = run.plan();
  return absl::StrFormat(
      "%d satellites of %s; ready in %.1f s, a token has gone round\n",
      plan.size(), plan.constellation.Label(), run.startup_seconds());
}

// While the ring has all of its satellites, and after that as long as there is
// somebody to say that it has not.
absl::Status Watch(LocalRing* ring) {
  const Loss loss = ring->AwaitLoss();
  if (loss.kind != LossKind::kCoordinator) {
    WriteError(absl::StrCat("spacemoe: ", loss.what,
                            "\nspacemoe: the API answers 503 from now on; end "
                            "with an interrupt\n"));
    return absl::UnavailableError(ring->AwaitCoordinatorLoss().what);
  }
  return absl::UnavailableError(loss.what);
}

absl::Status Serve(const Flags& flags, ProcessGuard* guard) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::unique_ptr<RingRun> run,
      RingRun::Start(flags.model, flags.ring, guard, flags.services));
  LocalRing* const ring = &run->ring();
  guard->SetLastAct([ring] { ring->EndInOrder(); }, kExitOk);
  WriteError(Headline(*run));
  if (ring->api().open_to_all) {
    WriteError(absl::StrCat("spacemoe: everybody who reaches ", ring->api().url,
                            " may use it; --api-key-file changes that\n"));
  }
  // For scripts too: the line says that requests are served.
  WriteOut(absl::StrCat("serving ", ring->api().url, "\n"));
  const absl::Status status = Watch(ring);
  guard->SetLastAct(nullptr, kExitOk);
  return status;
}

int Run(const Flags& flags, ProcessGuard* guard) {
  const absl::Status status = Serve(flags, guard);
  return status.ok() ? kExitOk : ReportFailure(status);
}

}  // namespace

CommandBody AddServeCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  ApiSettings* const api = &flags->services.api;
  api->listen = "localhost:8000";
  AddModelFlag(app, &flags->model);
  AddHttpFlag(app, api);
  AddApiFlags(app, api);
  app->add_option("--satellite-metrics", flags->services.satellite_metrics,
                  "where satellites serve /metrics: the first one's port, the "
                  "others have those after it; port 0: any free ones, which "
                  "the API's /sd tells (default: nowhere)")
      ->type_name("HOST:PORT")
      ->check(CheckTcpAddress);
  AddRingFlags(app, &flags->ring);
  app->footer(kExamples);
  return [flags](ProcessGuard* guard) { return Run(*flags, guard); };
}

}  // namespace spacemoe
