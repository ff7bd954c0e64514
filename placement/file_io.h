// Whole files, for the small ones that placement reads and writes.
#ifndef SPACEMOE_PLACEMENT_FILE_IO_H_
#define SPACEMOE_PLACEMENT_FILE_IO_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// NotFound, or InvalidArgument for a folder or more than max_bytes.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path,
                                          int64_t max_bytes);

absl::Status WriteSmallFile(const std::string& path, std::string_view text);

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_FILE_IO_H_
