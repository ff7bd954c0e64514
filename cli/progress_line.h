// A line of a terminal that is written over again and again.
#ifndef SPACEMOE_CLI_PROGRESS_LINE_H_
#define SPACEMOE_CLI_PROGRESS_LINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "coordinator/core/deferrer.h"
#include "runtime/base/clock.h"

namespace spacemoe {

// Draws ten times a second at most, however often it is told what to show; what
// comes in between waits, and the last of it is always drawn. The destructor
// leaves the line empty. Thread-safe.
class ProgressLine {
 public:
  using Write = std::function<void(std::string_view)>;

  // `clock` is borrowed and real.
  ProgressLine(Write write, const Clock* clock,
               std::unique_ptr<Deferrer> deferrer);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const std::string& text);

 private:
  void DrawLocked();

  const Write write_;
  const Clock* const clock_;
  std::unique_ptr<Deferrer> deferrer_;

  std::mutex mutex_;
  // Protected by mutex_.
  std::string text_;
  bool waiting_ = false;  // for its turn
  std::optional<int64_t> drawn_ns_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_PROGRESS_LINE_H_
