#include "cli/generate/trace_run.h"

#include "absl/strings/str_cat.h"
#include "cli/terminal.h"
#include "cli/trace/chrome_trace.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

void TellWhatIsMissing(const TraceSummary& summary, const std::string& path) {
  if (summary.dropped == 0 && summary.broken == 0) return;
  WriteError(absl::StrCat("spacemoe: ", path,
                          " is not complete: ", summary.dropped,
                          " events found no room beside ", summary.events,
                          ", and ", summary.broken, " of ", summary.tokens,
                          " tokens are without arrows; trace fewer tokens\n"));
}

}  // namespace

void AddTraceFlag(CLI::App* app, std::string* path) {
  app->add_option("--trace", *path,
                  "write where the tokens were and when, for a trace viewer "
                  "such as Perfetto; compressed if FILE ends in .gz")
      ->type_name("FILE");
}

absl::Status WriteTrace(RingRun* run, TraceFile* file) {
  SPACEMOE_ASSIGN_OR_RETURN(const TraceLog log, run->Trace());
  const TraceSummary summary = WriteChromeTrace(
      log, [file](std::string_view bytes) { file->Write(bytes); });
  SPACEMOE_RETURN_IF_ERROR(file->Close());
  TellWhatIsMissing(summary, file->path());
  return absl::OkStatus();
}

}  // namespace spacemoe
