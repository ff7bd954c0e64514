#include "models/checkpoint/checkpoint_path.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/checkpoint/mapped_file.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<CheckpointPath> ResolveFolder(const std::string& folder) {
  if (FileExists(folder + "/config.json")) {
    return CheckpointPath{CheckpointFormat::kHuggingFace, folder};
  }
  const std::vector<std::string> files = GgufFilesIn(folder);
  if (files.size() == 1) {
    return CheckpointPath{CheckpointFormat::kGguf,
                          absl::StrCat(folder, "/", files.front())};
  }
  if (files.empty()) {
    return absl::NotFoundError(absl::StrCat(
        folder, ": expected config.json or one GGUF file, found neither"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(folder, ": expected config.json or one GGUF file, found ",
                   files.size(), ": ", absl::StrJoin(files, ", ")));
}

}  // namespace

bool FileExists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::vector<std::string> GgufFilesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".gguf") {
      names.push_back(it->path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::string> ReadOptionalFile(const std::string& path,
                                             std::size_t max_bytes) {
  if (!FileExists(path)) return std::string();
  return ReadTextFile(path, max_bytes);
}

absl::StatusOr<CheckpointPath> ResolvePath(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return ResolveFolder(path);
  if (FileExists(path)) return CheckpointPath{CheckpointFormat::kGguf, path};
  return absl::NotFoundError(absl::StrCat(
      path,
      ": no such file or folder; expected a GGUF file or a folder with "
      "config.json"));
}

}  // namespace spacemoe
