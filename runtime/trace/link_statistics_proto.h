// The border between link statistics and the wire.
#ifndef SPACEMOE_RUNTIME_TRACE_LINK_STATISTICS_PROTO_H_
#define SPACEMOE_RUNTIME_TRACE_LINK_STATISTICS_PROTO_H_

#include "absl/status/statusor.h"
#include "runtime/trace/link_statistics.h"
#include "spacemoe/v1/common.pb.h"

namespace spacemoe {

v1::LinkStatistics ToProto(const LinkStatistics& statistics);

// INVALID_ARGUMENT: more buckets than there are, or counts that do not add up
// to the messages. Trailing empty buckets may be missing.
absl::StatusOr<LinkStatistics> FromProto(const v1::LinkStatistics& proto);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TRACE_LINK_STATISTICS_PROTO_H_
