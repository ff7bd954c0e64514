// A file that a command will write in the end.
#ifndef SPACEMOE_CLI_OUTPUT_FILE_H_
#define SPACEMOE_CLI_OUTPUT_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace spacemoe {

// Before minutes are spent: INVALID_ARGUMENT with `flag` when `path` cannot be
// written. What is there stays as it is. An empty path is fine.
absl::Status CheckWritable(const std::string& flag, const std::string& path);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_OUTPUT_FILE_H_
