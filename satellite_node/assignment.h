// A satellite's share of the plan, as plain values.
#ifndef SPACEMOE_SATELLITE_NODE_ASSIGNMENT_H_
#define SPACEMOE_SATELLITE_NODE_ASSIGNMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "placement/constellation.h"
#include "runtime/net/peer_sender.h"
#include "satellite_node/core/satellite.h"
#include "spacemoe/v1/membership.pb.h"

namespace spacemoe {

struct NodeAssignment {
  uint32_t index = 0;
  std::string role_name;  // "layer 3 gateway": for messages
  std::string model_path;
  std::string model_hash;    // of the plan's checkpoint
  uint32_t hidden_size = 0;  // of the plan's model
  SatelliteOptions options;

  bool gateway = false;
  bool head = false;
  std::vector<int32_t> experts;  // ascending
  // Gateway: [experts][copies] satellites; empty where each expert has one.
  std::vector<std::vector<uint32_t>> expert_copies;
  double expert_seconds = 0;  // that the plan counts for a row
  std::vector<PeerAddress> peers;

  // Unset: no delays.
  std::optional<Constellation> constellation;
  double start_time_s = 0;

  int64_t epoch_ns = 0;  // on the coordinator's clock
  std::string clock_id;  // the coordinator's
  double time_scale = 1;
  bool aten_kernel = false;
  int64_t kv_bytes_limit = 0;
  bool trace = false;
};

// The one border of Assignment. INVALID_ARGUMENT names the field, what it
// holds and what was expected.
absl::StatusOr<NodeAssignment> FromProto(const v1::Assignment& proto);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_ASSIGNMENT_H_
