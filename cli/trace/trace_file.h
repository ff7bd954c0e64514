// The file that a trace is written to.
#ifndef SPACEMOE_CLI_TRACE_TRACE_FILE_H_
#define SPACEMOE_CLI_TRACE_TRACE_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// Compressed where the name ends in .gz. Not thread-safe.
class TraceFile {
 public:
  // Created at once, so that a path that can't be written is known before a
  // long run. The error names it.
  static absl::StatusOr<std::unique_ptr<TraceFile>> Create(
      const std::string& path);
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

  // Errors are kept for Close.
  void Write(std::string_view bytes);
  absl::Status Close();

  const std::string& path() const { return path_; }

 private:
  struct Stream;
  TraceFile(std::string path, std::unique_ptr<Stream> stream);

  const std::string path_;
  std::unique_ptr<Stream> stream_;  // null once closed
  absl::Status status_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_TRACE_FILE_H_
