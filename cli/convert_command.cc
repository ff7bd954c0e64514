#include "cli/convert_command.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/checkpoint/checkpoint.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::StatusOr<SafetensorsType> ParseDtype(const std::string& name) {
  if (name == "float32") return SafetensorsType::kF32;
  if (name == "bfloat16") return SafetensorsType::kBF16;
  if (name == "float16") return SafetensorsType::kF16;
  return absl::InvalidArgumentError(absl::StrCat(
      "--dtype: expected float32, bfloat16 or float16, found '", name, "'"));
}

}  // namespace

absl::StatusOr<ExportSummary> RunConvert(
    const ConvertOptions& options,
    const std::function<void(const ExportProgress&)>& progress) {
  ExportOptions export_options;
  export_options.progress = progress;
  SPACEMOE_ASSIGN_OR_RETURN(export_options.widened_type,
                            ParseDtype(options.dtype));
  SPACEMOE_ASSIGN_OR_RETURN(const auto checkpoint,
                            Checkpoint::Open(options.input));
  if (checkpoint->format() != CheckpointFormat::kGguf) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.input,
                     ": expected a GGUF file, found a Hugging "
                     "Face folder, which needs no conversion"));
  }
  return ExportHuggingFace(*checkpoint, options.output_dir, export_options);
}

std::string ConvertSummaryText(const ExportSummary& summary) {
  std::string text = absl::StrFormat(
      "%d tensors, %.1f MB in %d %s\n", summary.tensors, summary.bytes / 1e6,
      summary.shards, summary.shards == 1 ? "file" : "files");
  if (!summary.tokenizer_note.empty()) {
    absl::StrAppend(&text, "no tokenizer.json: ", summary.tokenizer_note, "\n");
  }
  return text;
}

}  // namespace spacemoe
