// What goes where: text and JSON to stdout, everything else to stderr.
#ifndef SPACEMOE_CLI_TERMINAL_H_
#define SPACEMOE_CLI_TERMINAL_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "cli/progress_line.h"
#include "nlohmann/json.hpp"
#include "runtime/base/clock.h"

namespace spacemoe {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitBadUse = 2;

bool StdoutIsTerminal();
bool StderrIsTerminal();

// Written at once. A reader that went away ends the program by SIGPIPE, as it
// does any filter.
void WriteOut(std::string_view text);
void WriteError(std::string_view text);
// "note: TEXT" on stderr; nothing when it is empty.
void WriteNote(std::string_view text);
// On one line, with its end. Bytes that are no UTF-8, as a path may have them,
// are replaced.
std::string JsonLine(const nlohmann::ordered_json& json);

// "spacemoe: MESSAGE" on stderr; returns kExitFailed.
int ReportFailure(const absl::Status& status);

// A ProgressLine on stderr; silent when that is no terminal.
class StderrProgress {
 public:
  StderrProgress();
  void Show(const std::string& text);

 private:
  const MonotonicClock clock_{0, 1.0};
  std::unique_ptr<ProgressLine> line_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TERMINAL_H_
