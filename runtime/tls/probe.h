// Why two ends do not come together: gRPC only says that they don't.
#ifndef SPACEMOE_RUNTIME_TLS_PROBE_H_
#define SPACEMOE_RUNTIME_TLS_PROBE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

struct ProbeTarget {
  std::string host;
  uint16_t port = 0;
  // What this side would show, borrowed; null: it speaks without TLS.
  const TlsIdentity* identity = nullptr;
  NodeRole server = NodeRole::kCoordinator;  // who should be there
};

// Connects once by itself, waiting for `patience` at most at each step (a host
// name's resolution comes on top). OK when nothing speaks against the server,
// also when it says nothing in time. UNAVAILABLE: nobody is there, yet.
// UNAUTHENTICATED: one side refuses the other's certificate.
// FAILED_PRECONDITION: only one side speaks TLS. Messages do not name the
// address.
absl::Status ProbeServer(const ProbeTarget& target, absl::Duration patience);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TLS_PROBE_H_
