// Where a satellite listens, and where its peers reach it.
#ifndef SPACEMOE_SATELLITE_NODE_LISTEN_ADDRESS_H_
#define SPACEMOE_SATELLITE_NODE_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace spacemoe {

// When nothing is asked for: an abstract socket with a name of its own beside a
// coordinator on a unix socket, a free port of 127.0.0.1 beside one on this
// host's loopback, else a free port of all interfaces.
absl::StatusOr<std::string> DefaultListenAddress(
    const std::string& coordinator);

// `bound` with `host` in place of its own, or, when `host` is empty and `bound`
// is that of all interfaces, with the interface that reaches the coordinator.
// Unix addresses stay as they are.
absl::StatusOr<std::string> AdvertisedAddress(const std::string& bound,
                                              const std::string& host,
                                              const std::string& coordinator);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_LISTEN_ADDRESS_H_
