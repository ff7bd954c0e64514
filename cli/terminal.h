// What goes where: text and JSON to stdout, everything else to stderr.
#ifndef SPACEMOE_CLI_TERMINAL_H_
#define SPACEMOE_CLI_TERMINAL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

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

// "spacemoe: MESSAGE" on stderr; returns kExitFailed.
int ReportFailure(const absl::Status& status);

// One line on stderr that is written over again and again; silent when stderr
// is no terminal. The destructor leaves the line empty.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const std::string& text);

 private:
  const bool enabled_;
  bool shown_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TERMINAL_H_
