// A checkpoint written as a Hugging Face folder.
#ifndef SPACEMOE_MODELS_CHECKPOINT_HUGGING_FACE_EXPORT_H_
#define SPACEMOE_MODELS_CHECKPOINT_HUGGING_FACE_EXPORT_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/safetensors_writer.h"

namespace spacemoe {

struct ExportProgress {
  std::int64_t bytes_done = 0;
  std::int64_t bytes_total = 0;
};

struct ExportOptions {
  // What quantised tensors become; the others keep their type.
  SafetensorsType widened_type = SafetensorsType::kF32;
  // A file holds no more, unless one tensor alone is larger.
  std::int64_t max_shard_bytes = 5'000'000'000;
  // Called after every tensor, on the calling thread; may be empty.
  std::function<void(const ExportProgress&)> progress;
};

struct ExportSummary {
  std::int64_t tensors = 0;
  std::int64_t bytes = 0;
  std::int64_t shards = 0;
  // Why there is no tokenizer.json; empty when there is one.
  std::string tokenizer_note;
};

// Writes config.json, generation_config.json, model.safetensors (or shards
// and their index), tokenizer.json and tokenizer_config.json with the
// family's published names and layouts, Q and K in Hugging Face's row order.
// Writes to a new folder beside `out_dir` and renames it at the end: `out_dir`
// is whole or absent. UNIMPLEMENTED for a model that the family's config.json
// has no fields for, ALREADY_EXISTS when it is there and not empty. Memory: see
// matrix_writer.h.
absl::StatusOr<ExportSummary> ExportHuggingFace(const Checkpoint& checkpoint,
                                                const std::string& out_dir,
                                                const ExportOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_HUGGING_FACE_EXPORT_H_
