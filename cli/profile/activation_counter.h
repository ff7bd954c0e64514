// Counts which experts rows choose.
#ifndef SPACEMOE_CLI_PROFILE_ACTIVATION_COUNTER_H_
#define SPACEMOE_CLI_PROFILE_ACTIVATION_COUNTER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "models/config/model_config.h"
#include "models/roles/roles.h"
#include "placement/profile.h"

namespace spacemoe {

// Not thread-safe. Layers of a row come in order.
class ActivationCounter {
 public:
  explicit ActivationCounter(const ModelConfig& config);

  // The experts that layer `layer` chose for a row.
  void Add(int64_t layer, uint64_t sequence, int64_t position,
           const Routing& routing);

  // Rows seen so far are done: their layers are all known.
  void EndWindow() { previous_.clear(); }

  int64_t tokens() const { return tokens_; }

  // FAILED_PRECONDITION before the first token.
  absl::StatusOr<ActivationProfile> Profile() const;

 private:
  struct LayerCounts {
    std::vector<int64_t> chosen;              // [experts]
    std::vector<std::vector<int64_t>> pairs;  // [experts][experts]
    std::vector<std::vector<int64_t>> next;   // [experts][experts]
  };

  const ModelConfig config_;
  std::vector<LayerCounts> layers_;
  // By sequence and position: what the layer before chose.
  absl::flat_hash_map<std::pair<uint64_t, int64_t>, Routing> previous_;
  int64_t tokens_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_PROFILE_ACTIVATION_COUNTER_H_
