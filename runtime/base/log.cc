#include "runtime/base/log.h"

#include <unistd.h>

#include <cstdlib>

namespace spacemoe {
namespace {

std::string& Prefix() {
  static auto* prefix = new std::string();
  return *prefix;
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

void SetLogPrefix(std::string prefix) { Prefix() = std::move(prefix); }

void Log(LogLevel level, std::string_view message) {
  if (!LogEnabled(level)) return;
  std::string line = Prefix();
  if (!line.empty()) line += ": ";
  line += message;
  line += '\n';
  // Nobody can be told when stderr is gone.
  [[maybe_unused]] ssize_t written =
      write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace spacemoe
