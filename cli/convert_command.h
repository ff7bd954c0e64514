// `spacemoe convert`: a GGUF file as a Hugging Face folder.
#ifndef SPACEMOE_CLI_CONVERT_COMMAND_H_
#define SPACEMOE_CLI_CONVERT_COMMAND_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/hugging_face_export.h"

namespace spacemoe {

struct ConvertOptions {
  std::string input;  // a GGUF file, or a folder that holds one
  std::string output_dir;
  std::string dtype = "float32";  // of quantised tensors; or bfloat16, float16
};

// INVALID_ARGUMENT for another dtype or an input that is not GGUF; else as
// Checkpoint::Open and ExportHuggingFace. `progress` may be empty.
absl::StatusOr<ExportSummary> RunConvert(
    const ConvertOptions& options,
    const std::function<void(const ExportProgress&)>& progress);

// "332 tensors, 538.6 MB in 1 file", and why a tokenizer is missing.
std::string ConvertSummaryText(const ExportSummary& summary);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_CONVERT_COMMAND_H_
