#include "runtime/base/log.h"

#include <unistd.h>

#include <cstdlib>
#include <mutex>

namespace spacemoe {
namespace {

struct Prefix {
  std::mutex mutex;
  std::string text;  // protected by mutex
};

Prefix& ThePrefix() {
  static auto* prefix = new Prefix();
  return *prefix;
}

std::string LineStart() {
  Prefix& prefix = ThePrefix();
  const std::lock_guard lock(prefix.mutex);
  return prefix.text.empty() ? "" : prefix.text + ": ";
}

LogLevel LevelFromEnvironment() {
  const char* text = std::getenv("SPACEMOE_LOG");
  return text == nullptr ? LogLevel::kError : ParseLogLevel(text);
}

}  // namespace

LogLevel ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  return LogLevel::kError;
}

bool LogEnabled(LogLevel level) {
  static const LogLevel enabled = LevelFromEnvironment();
  return level <= enabled;
}

void SetLogPrefix(std::string prefix) {
  const std::lock_guard lock(ThePrefix().mutex);
  ThePrefix().text = std::move(prefix);
}

void Log(LogLevel level, std::string_view message) {
  if (!LogEnabled(level)) return;
  std::string line = LineStart();
  line += message;
  line += '\n';
  // Nobody can be told when stderr is gone.
  [[maybe_unused]] ssize_t written =
      write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace spacemoe
