// Messages for the person who runs the program, on stderr.
#ifndef SPACEMOE_RUNTIME_BASE_LOG_H_
#define SPACEMOE_RUNTIME_BASE_LOG_H_

#include <string>
#include <string_view>

namespace spacemoe {

enum class LogLevel { kError = 0, kInfo = 1, kDebug = 2 };

// Messages above the level are dropped. The level is what SPACEMOE_LOG says
// (error, info or debug) when the first message comes; error if unset.
bool LogEnabled(LogLevel level);

// Prepended to every message as "prefix: ", e.g.
// "spacemoe-satellite[layer 3 gateway]". Thread-safe.
void SetLogPrefix(std::string prefix);

// One line, written with one call. Thread-safe.
void Log(LogLevel level, std::string_view message);
inline void LogError(std::string_view message) {
  Log(LogLevel::kError, message);
}
inline void LogInfo(std::string_view message) { Log(LogLevel::kInfo, message); }
inline void LogDebug(std::string_view message) {
  Log(LogLevel::kDebug, message);
}

// "info" -> kInfo. Anything unknown is kError.
LogLevel ParseLogLevel(std::string_view text);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_BASE_LOG_H_
