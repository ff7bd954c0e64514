// The border between the satellite's core and the Membership messages.
#ifndef SPACEMOE_SATELLITE_NODE_MESSAGES_H_
#define SPACEMOE_SATELLITE_NODE_MESSAGES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/trace/trace_buffer.h"
#include "satellite_node/core/satellite.h"
#include "spacemoe/v1/membership.pb.h"

namespace spacemoe {

struct Introduction {
  std::optional<uint32_t> index;  // unset: any free one
  std::string address;            // where peers reach this satellite
  uint32_t pid = 0;
  std::string clock_id;
  std::string version;
  std::string model_hash;       // empty: it brings no checkpoint
  std::string metrics_address;  // empty: none
};

v1::SatelliteMessage ToProto(const Introduction& introduction);
v1::SatelliteMessage TokensMessage(absl::Span<const TokenRecord> records);
v1::SatelliteMessage ToProto(const LogitsRecord& record);
v1::SatelliteMessage StatisticsMessage(const LinkStatistics& statistics);
// `last`: answers the coordinator's request.
v1::SatelliteMessage TraceMessage(const TraceBuffer::Taken& taken, bool last);
v1::SatelliteMessage FaultMessage(const absl::Status& status);
v1::SatelliteMessage ReadyMessage(int64_t weight_bytes);
v1::SatelliteMessage ClockProbeMessage(int64_t sent_ns);
v1::SatelliteMessage ClockReportMessage(int64_t uncertainty_ns);

// INVALID_ARGUMENT: an empty prompt. The rest is the satellite's to check.
absl::StatusOr<SequenceRequest> FromProto(const v1::Inject& inject);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_MESSAGES_H_
