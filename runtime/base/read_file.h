// Reads a file whole.
#ifndef SPACEMOE_RUNTIME_BASE_READ_FILE_H_
#define SPACEMOE_RUNTIME_BASE_READ_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace spacemoe {

// Also what is no regular file (/dev/stdin, a pipe), to its end. Errors are
// ErrnoStatus's, with the path; a folder is one.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_BASE_READ_FILE_H_
