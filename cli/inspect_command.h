// `spacemoe inspect`: what a checkpoint holds, from its headers alone.
#ifndef SPACEMOE_CLI_INSPECT_COMMAND_H_
#define SPACEMOE_CLI_INSPECT_COMMAND_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/tokenizer_files.h"
#include "models/checkpoint/unused_tensors.h"
#include "models/config/model_config.h"

namespace spacemoe {

struct TypeShare {
  std::int64_t tensors = 0;
  std::int64_t bytes = 0;
};

struct InspectReport {
  std::string path;
  CheckpointFormat format = CheckpointFormat::kHuggingFace;
  ModelConfig config;
  std::int64_t total_parameters = 0;
  std::int64_t active_parameters = 0;       // used for one token
  std::map<std::string, TypeShare> stored;  // by storage type
  UnusedTensors skipped;

  // Bytes of weights, as stored.
  std::int64_t total_bytes = 0;
  std::int64_t head_bytes = 0;
  std::int64_t gateway_bytes = 0;  // the largest of the layers
  std::int64_t expert_bytes = 0;   // the largest of all
  std::int64_t layer_bytes = 0;    // gateway and all experts, the largest
  // The first layer's gateway, and its whole layer, with the head.
  std::int64_t first_gateway_with_head_bytes = 0;
  std::int64_t first_layer_with_head_bytes = 0;

  TokenizerSummary tokenizer;
};

// Opens the checkpoint; no weight is read. Errors as Checkpoint::Open.
absl::StatusOr<InspectReport> Inspect(const std::string& path);

// A table for people; one JSON object for programs.
std::string InspectText(const InspectReport& report);
std::string InspectJson(const InspectReport& report);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_INSPECT_COMMAND_H_
