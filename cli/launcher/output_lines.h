// Reads what a child process writes.
#ifndef SPACEMOE_CLI_LAUNCHER_OUTPUT_LINES_H_
#define SPACEMOE_CLI_LAUNCHER_OUTPUT_LINES_H_

#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/base/unique_fd.h"

namespace spacemoe {

// A thread that reads a pipe line by line to its end. The destructor waits for
// the end, so the writers must be dead by then.
class OutputLines {
 public:
  // Called from the thread; `on_end` may be empty.
  OutputLines(UniqueFd fd, std::function<void(const std::string&)> on_line,
              std::function<void()> on_end);
  ~OutputLines();

 private:
  void Read();

  const UniqueFd fd_;
  const std::function<void(const std::string&)> on_line_;
  const std::function<void()> on_end_;
  std::thread thread_;
};

// The last line that is not empty. Thread-safe.
class LastLine {
 public:
  void Set(const std::string& line) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!line.empty()) line_ = line;
  }
  std::string Get() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return line_;
  }

 private:
  mutable std::mutex mutex_;
  std::string line_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_LAUNCHER_OUTPUT_LINES_H_
