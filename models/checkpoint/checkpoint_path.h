// What lies at the path that a user gives.
#ifndef SPACEMOE_MODELS_CHECKPOINT_CHECKPOINT_PATH_H_
#define SPACEMOE_MODELS_CHECKPOINT_CHECKPOINT_PATH_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

struct CheckpointPath {
  CheckpointFormat format = CheckpointFormat::kHuggingFace;
  std::string path;  // the GGUF file or the folder
};

// A file is taken for GGUF; a folder for Hugging Face's when it has a
// config.json, else for the one GGUF file in it. NOT_FOUND says what a folder
// should hold; INVALID_ARGUMENT when it holds several GGUF files.
absl::StatusOr<CheckpointPath> ResolvePath(const std::string& path);

// The names of the GGUF files in a folder, sorted.
std::vector<std::string> GgufFilesIn(const std::string& folder);

bool FileExists(const std::string& path);

// Empty when there is no such file.
absl::StatusOr<std::string> ReadOptionalFile(const std::string& path,
                                             std::size_t max_bytes);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_CHECKPOINT_PATH_H_
