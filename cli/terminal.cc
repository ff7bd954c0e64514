#include "cli/terminal.h"

#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace spacemoe {

bool StdoutIsTerminal() { return isatty(STDOUT_FILENO) == 1; }
bool StderrIsTerminal() { return isatty(STDERR_FILENO) == 1; }

void WriteOut(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void WriteError(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void WriteNote(std::string_view text) {
  if (!text.empty())
    WriteError(absl::StrCat("note: ", std::string(text), "\n"));
}

std::string JsonLine(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false,
                   nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

int ReportFailure(const absl::Status& status) {
  WriteError(absl::StrCat("spacemoe: ", std::string(status.message()), "\n"));
  return kExitFailed;
}

StderrProgress::StderrProgress() {
  if (!StderrIsTerminal()) return;
  line_ = std::make_unique<ProgressLine>(WriteError, &clock_,
                                         std::make_unique<ThreadDeferrer>());
}

void StderrProgress::Show(const std::string& text) {
  if (line_ != nullptr) line_->Show(text);
}

}  // namespace spacemoe
