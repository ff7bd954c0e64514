// How a process ended, in words.
#ifndef SPACEMOE_CLI_LAUNCHER_DEATH_NOTICE_H_
#define SPACEMOE_CLI_LAUNCHER_DEATH_NOTICE_H_

#include <cstdint>
#include <optional>
#include <string>

namespace spacemoe {

struct DeathNotice {
  int index = -1;  // of a satellite in the plan
  int64_t pid = 0;
  std::optional<int> exit_status;
  std::optional<int> signal;
};

// A line of spacemoe-satellite --fork:
//   {"index": 17, "pid": 1234, "exit": null, "signal": 9}
// Unset when it is none.
std::optional<DeathNotice> ParseDeathNotice(const std::string& line);

// "killed by signal 9 (SIGKILL)", "exited with status 1".
std::string HowItEnded(const DeathNotice& notice);
// The same for what waitpid reports.
std::string HowItEnded(int wait_status);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_LAUNCHER_DEATH_NOTICE_H_
