// One process that is one satellite.
#ifndef SPACEMOE_SATELLITE_NODE_SATELLITE_PROCESS_H_
#define SPACEMOE_SATELLITE_NODE_SATELLITE_PROCESS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "models/checkpoint/checkpoint.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

struct SatelliteProcessOptions {
  std::string coordinator;
  std::string listen;     // empty: see DefaultListenAddress
  std::string advertise;  // host for peers; empty: see AdvertisedAddress
  std::optional<uint32_t> index;
  std::string metrics_listen;  // HOST:PORT; empty: no metrics are served
  std::string model_path;      // empty: the plan's
  const Checkpoint* checkpoint = nullptr;  // opened already, or null
  std::string model_hash;                  // of it (Fingerprint); or empty
  absl::Duration connect_timeout = kConnectTimeout;  // to the coordinator
  std::shared_ptr<const TlsIdentity> identity;       // null: no TLS
};

// Starts the Ring service, attaches to the coordinator, and serves until it is
// over: OK after the coordinator's Shutdown. gRPC is used from here on: don't
// fork after this.
absl::Status RunSatelliteProcess(const SatelliteProcessOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_SATELLITE_PROCESS_H_
