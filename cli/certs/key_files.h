// Files of a folder of keys.
#ifndef SPACEMOE_CLI_CERTS_KEY_FILES_H_
#define SPACEMOE_CLI_CERTS_KEY_FILES_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"

namespace spacemoe {

// Errors name the path. Whole or not at all. `secret`: only the owner can read
// it, from its first byte on.
absl::Status WriteKeyFile(const std::filesystem::path& path,
                          const std::string& content, bool secret);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_CERTS_KEY_FILES_H_
