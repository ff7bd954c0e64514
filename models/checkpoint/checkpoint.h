// A model on disk: a GGUF file or a Hugging Face folder.
#ifndef SPACEMOE_MODELS_CHECKPOINT_CHECKPOINT_H_
#define SPACEMOE_MODELS_CHECKPOINT_CHECKPOINT_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/gguf.h"
#include "models/checkpoint/safetensors.h"
#include "models/checkpoint/tensor_info.h"
#include "models/config/family.h"
#include "models/config/model_config.h"

namespace spacemoe {

enum class CheckpointFormat : std::uint8_t { kHuggingFace, kGguf };

// Opening reads headers only; tensors are mapped and no page of them is
// touched until somebody reads it. All const methods are thread-safe. Views
// and TensorInfos borrow from the checkpoint, which must outlive them.
class Checkpoint {
 public:
  // `path`: a GGUF file; or a folder with config.json and model.safetensors or
  // model.safetensors.index.json and its shards; or a folder with exactly one
  // GGUF file. NOT_FOUND, DATA_LOSS (broken file), INVALID_ARGUMENT (config)
  // or UNIMPLEMENTED (unknown family, feature or tensor type), naming file,
  // field or tensor.
  static absl::StatusOr<std::unique_ptr<Checkpoint>> Open(
      const std::string& path);

  const std::string& path() const { return path_; }
  CheckpointFormat format() const { return format_; }
  const ModelConfig& config() const { return config_; }
  const Family& family() const { return *family_; }

  // nullptr when there is no such tensor.
  const TensorInfo* FindTensor(std::string_view name) const;
  // All tensors, file by file in the order of their data.
  const std::vector<const TensorInfo*>& tensors() const { return tensors_; }

  // The family's names for this format.
  std::span<const TensorName> tensor_names() const;

  // The GGUF file, or nullptr.
  const GgufFile* gguf() const { return gguf_.get(); }

 private:
  Checkpoint() = default;

  absl::Status OpenGguf(const std::string& path);
  absl::Status OpenFolder(const std::string& path);
  void Add(const TensorInfo& tensor);

  // Constant after Open.
  std::string path_;
  CheckpointFormat format_ = CheckpointFormat::kHuggingFace;
  ModelConfig config_;
  const Family* family_ = nullptr;
  std::unique_ptr<GgufFile> gguf_;
  std::vector<std::unique_ptr<SafetensorsFile>> shards_;
  std::vector<const TensorInfo*> tensors_;
  std::unordered_map<std::string_view, const TensorInfo*> by_name_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_CHECKPOINT_H_
