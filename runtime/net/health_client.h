// Asks a process whether it serves.
#ifndef SPACEMOE_RUNTIME_NET_HEALTH_CLIENT_H_
#define SPACEMOE_RUNTIME_NET_HEALTH_CLIENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/net/credentials.h"

namespace spacemoe {

// OK: gRPC's health service at `address` (address.h) says SERVING. UNAVAILABLE:
// it says something else, or nobody answers within `timeout`; the message says
// which. INVALID_ARGUMENT: no address. Errors of TLS are WaitConnected's.
absl::Status CheckHealth(const std::string& address, absl::Duration timeout,
                         const ChannelSecurity& security = {});

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_HEALTH_CLIENT_H_
