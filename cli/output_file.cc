#include "cli/output_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace spacemoe {

absl::Status CheckWritable(const std::string& flag, const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  std::error_code ignored;
  const bool existed = std::filesystem::exists(path, ignored);
  std::ofstream file(path, std::ios::app);
  const bool open = file.is_open();
  file.close();
  if (!existed) std::filesystem::remove(path, ignored);
  if (open) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": cannot write ", path));
}

}  // namespace spacemoe
