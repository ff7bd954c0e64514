// Which safetensors file of a folder holds which tensor.
#ifndef SPACEMOE_MODELS_CHECKPOINT_SHARD_INDEX_H_
#define SPACEMOE_MODELS_CHECKPOINT_SHARD_INDEX_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/checkpoint/safetensors.h"

namespace spacemoe {

struct ShardIndex {
  std::vector<std::string> files;  // names in the folder, sorted
  // Tensor to file; empty for a folder with one file.
  std::map<std::string, std::string> weight_map;

  // Whether `tensor` is to be taken from `file`.
  bool Places(const std::string& tensor, const std::string& file) const;
};

// From model.safetensors.index.json, or model.safetensors alone. NOT_FOUND
// when there is neither; DATA_LOSS for a broken index, INVALID_ARGUMENT for a
// name that leaves the folder.
absl::StatusOr<ShardIndex> ReadShardIndex(const std::string& folder);

// DATA_LOSS when a tensor that the index places in the shard is not there.
absl::Status CheckShard(const ShardIndex& index, const std::string& file,
                        const SafetensorsFile& shard);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_SHARD_INDEX_H_
