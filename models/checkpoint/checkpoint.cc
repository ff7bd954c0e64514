#include "models/checkpoint/checkpoint.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/checkpoint_path.h"
#include "models/checkpoint/gguf_tensor_facts.h"
#include "models/checkpoint/model_weights.h"
#include "models/checkpoint/shard_index.h"
#include "models/checkpoint/unused_tensors.h"
#include "models/config/config_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::size_t kMaxConfigBytes = 16 << 20;

absl::Status RefuseSplit(const GgufFile& file) {
  const absl::StatusOr<std::int64_t> parts = file.GetInt("split.count");
  if (!parts.ok() || *parts <= 1) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat(file.path(), ": one of ", *parts,
                   " parts of a split GGUF file; expected a whole one, as "
                   "llama-gguf-split --merge makes"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Checkpoint>> Checkpoint::Open(
    const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(const CheckpointPath found, ResolvePath(path));
  std::unique_ptr<Checkpoint> checkpoint(new Checkpoint);
  checkpoint->path_ = path;
  checkpoint->format_ = found.format;
  if (found.format == CheckpointFormat::kGguf) {
    SPACEMOE_RETURN_IF_ERROR(checkpoint->OpenGguf(found.path));
  } else {
    SPACEMOE_RETURN_IF_ERROR(checkpoint->OpenFolder(found.path));
  }
  SPACEMOE_ASSIGN_OR_RETURN(checkpoint->family_,
                            FindFamily(checkpoint->config_.family));
  SPACEMOE_RETURN_IF_ERROR(ModelWeights(*checkpoint).Validate());
  SPACEMOE_RETURN_IF_ERROR(RefuseUnreadGgufTensors(*checkpoint));
  return checkpoint;
}

absl::Status Checkpoint::OpenGguf(const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(gguf_, GgufFile::Open(path));
  SPACEMOE_RETURN_IF_ERROR(RefuseSplit(*gguf_));
  for (const TensorInfo& tensor : gguf_->tensors()) Add(tensor);
  SPACEMOE_ASSIGN_OR_RETURN(const GgufFacts facts,
                            CollectGgufFacts(gguf_->tensors()));
  SPACEMOE_ASSIGN_OR_RETURN(
      config_, ReadGgufConfig(gguf_->MetadataJson(), facts, gguf_->path()));
  return absl::OkStatus();
}

absl::Status Checkpoint::OpenFolder(const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::string config,
      ReadTextFile(path + "/config.json", kMaxConfigBytes));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::string generation,
      ReadOptionalFile(path + "/generation_config.json", kMaxConfigBytes));
  SPACEMOE_ASSIGN_OR_RETURN(config_,
                            ReadHuggingFaceConfig(config, generation, path));
  SPACEMOE_ASSIGN_OR_RETURN(const ShardIndex index, ReadShardIndex(path));
  for (const std::string& name : index.files) {
    SPACEMOE_ASSIGN_OR_RETURN(auto shard,
                              SafetensorsFile::Open(path + "/" + name));
    SPACEMOE_RETURN_IF_ERROR(CheckShard(index, name, *shard));
    for (const TensorInfo& tensor : shard->tensors()) {
      if (index.Places(tensor.name, name)) Add(tensor);
    }
    shards_.push_back(std::move(shard));
  }
  return absl::OkStatus();
}

void Checkpoint::Add(const TensorInfo& tensor) {
  tensors_.push_back(&tensor);
  by_name_[tensor.name] = &tensor;
}

const TensorInfo* Checkpoint::FindTensor(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

std::span<const TensorName> Checkpoint::tensor_names() const {
  return format_ == CheckpointFormat::kGguf ? family_->gguf_tensors
                                            : family_->hugging_face_tensors;
}

}  // namespace spacemoe
