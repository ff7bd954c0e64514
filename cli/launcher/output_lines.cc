#include "cli/launcher/output_lines.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace spacemoe {

OutputLines::OutputLines(UniqueFd fd,
                         std::function<void(const std::string&)> on_line,
                         std::function<void()> on_end)
    : fd_(std::move(fd)),
      on_line_(std::move(on_line)),
      on_end_(std::move(on_end)),
      thread_([this] { Read(); }) {}

OutputLines::~OutputLines() { thread_.join(); }

void OutputLines::Read() {
  std::string pending;
  char buffer[4096];
  while (true) {
    const ssize_t got = read(fd_.get(), buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    pending.append(buffer, got);
    size_t start = 0;
    for (size_t end; (end = pending.find('\n', start)) != pending.npos;
         start = end + 1) {
      on_line_(pending.substr(start, end - start));
    }
    pending.erase(0, start);
  }
  if (!pending.empty()) on_line_(pending);
  if (on_end_) on_end_();
}

}  // namespace spacemoe
