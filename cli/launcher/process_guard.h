// Child processes and temporary files that must not outlive this program.
#ifndef SPACEMOE_CLI_LAUNCHER_PROCESS_GUARD_H_
#define SPACEMOE_CLI_LAUNCHER_PROCESS_GUARD_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {

// A program that runs in a process group of its own. Its stdin is a pipe whose
// other end is `input`: closed, it tells the child that nobody is left.
struct ChildProcess {
  int pid = 0;
  UniqueFd input;
  UniqueFd output;  // its stdout
  UniqueFd errors;  // its stderr; unset when it is this program's
};

struct SpawnOptions {
  std::vector<std::string> arguments;    // the program's path first
  std::vector<std::string> environment;  // NAME=value, over this program's
  bool capture_errors = true;
};

// Interrupts (SIGINT, SIGTERM, and SIGHUP unless it is ignored at the start, as
// under nohup) wake a thread of the guard, which kills
// and reaps every child with its descendants, removes temporary files, and ends
// the program with 128 + signal. Children are killed by the kernel if this
// program dies any other way. One guard a program. Thread-safe.
class ProcessGuard {
 public:
  ProcessGuard();
  // Kills what still runs.
  ~ProcessGuard();
  ProcessGuard(const ProcessGuard&) = delete;
  ProcessGuard& operator=(const ProcessGuard&) = delete;

  // Call from a thread that lives as long as the program: children die with it.
  absl::StatusOr<ChildProcess> Spawn(const SpawnOptions& options);

  // Kills the group of a spawned process, descendants included, and waits until
  // none is left. Returns the wait status of the process, if it was not known
  // before.
  void Kill(int pid);

  // Waits for a process that is about to end by itself; its wait status. Unset
  // when Kill was first.
  std::optional<int> Wait(int pid);

  // Never returns when the program is about to end by an interrupt: what fails
  // then is not to be told.
  void YieldToInterrupt() const;

  // Run by the guard's thread at an interrupt, before anything is killed; the
  // program then ends with `exit_code`. Empty: none. Returns only when none is
  // running; may not call the guard but for Wait.
  void SetLastAct(std::function<void()> act, int exit_code);

  // Removes `path` if the program is interrupted before Forget.
  void Remember(const std::string& path);
  void Forget(const std::string& path);

 private:
  void WaitForSignal();
  void EndBySignal(int signal);
  void KillLocked(int pid);

  std::mutex last_act_mutex_;
  // Protected by last_act_mutex_.
  std::function<void()> last_act_;
  int last_exit_code_ = 0;

  UniqueFd signals_;  // a pipe: what the signal handler writes
  UniqueFd signals_end_;
  std::atomic<bool> interrupted_ = false;
  std::mutex mutex_;
  // Protected by mutex_.
  std::set<int> groups_;
  std::map<int, int> statuses_;  // of processes that have been reaped
  std::set<std::string> files_;

  std::thread thread_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_LAUNCHER_PROCESS_GUARD_H_
