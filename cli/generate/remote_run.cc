#include "cli/generate/remote_run.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/generate/ring_batch.h"
#include "cli/generate/timing.h"
#include "cli/terminal.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status WaitUntilReady(CoordinatorClient* client,
                            absl::Duration patience) {
  SPACEMOE_RETURN_IF_ERROR(client->Connect(patience));
  StderrProgress progress;
  return client->WatchStartup([&progress](const v1::StartupEvent& event) {
    progress.Show(StartupText(event));
  });
}

}  // namespace

std::string StartupText(const v1::StartupEvent& event) {
  if (event.warming_up()) {
    return absl::StrCat(event.satellites(),
                        " satellites are ready; a first token goes round");
  }
  return absl::StrCat("starting ", event.satellites(),
                      " satellites: ", event.registered(), " have come, ",
                      event.ready(), " are ready");
}

absl::StatusOr<GenerateOutcome> GenerateOver(CoordinatorClient* client,
                                             const GenerateJob& job,
                                             const TextCallback& on_text) {
  SPACEMOE_ASSIGN_OR_RETURN(const LinkStatistics before,
                            client->GetLinkStatistics());
  const int64_t start = MonotonicNanos();
  GenerateOutcome outcome;
  SPACEMOE_ASSIGN_OR_RETURN(outcome.sequences, RunBatch(job, client, on_text));
  outcome.wall_seconds = (MonotonicNanos() - start) * 1e-9;
  SPACEMOE_ASSIGN_OR_RETURN(const LinkStatistics after,
                            client->GetLinkStatistics());
  outcome.links = Since(before, after);
  return outcome;
}

absl::StatusOr<GenerateOutcome> GenerateRemotely(
    const std::string& address, std::shared_ptr<const TlsIdentity> identity,
    absl::Duration patience, const GenerateJob& job,
    const TextCallback& on_text) {
  CoordinatorClient client(address, std::move(identity));
  SPACEMOE_RETURN_IF_ERROR(WaitUntilReady(&client, patience));
  SPACEMOE_ASSIGN_OR_RETURN(const v1::DescribeReply description,
                            client.Describe());
  SPACEMOE_ASSIGN_OR_RETURN(GenerateOutcome outcome,
                            GenerateOver(&client, job, on_text));
  outcome.satellites = static_cast<int>(description.satellites());
  outcome.constellation = description.constellation();
  outcome.strategy = description.strategy();
  return outcome;
}

}  // namespace spacemoe
