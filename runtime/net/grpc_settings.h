// gRPC's settings, in one place: small, quiet, and quick to notice a dead peer.
#ifndef SPACEMOE_RUNTIME_NET_GRPC_SETTINGS_H_
#define SPACEMOE_RUNTIME_NET_GRPC_SETTINGS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "runtime/net/credentials.h"

namespace spacemoe {

// A packet of 4096 rows would not fit: batches are cut well below it.
inline constexpr int kMaxMessageBytes = 64 << 20;
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(20);

// gRPC's own messages go to our log at debug level, and its mutexes, Abseil's,
// do not look for deadlocks at each use, as Debian's build of Abseil does. Call
// before anything of gRPC is used; starts nothing.
void PrepareGrpc();

// No statistics, no tracing, no retries, no compression; keepalive on TCP.
grpc::ChannelArguments ChannelSettings();
void ApplyServerSettings(grpc::ServerBuilder* builder);

// A channel of its own (never shared through gRPC's pool). Starts connecting.
std::shared_ptr<grpc::Channel> OpenChannel(
    const std::string& address, const ChannelSecurity& security = {});

// Blocks until connected. UNAVAILABLE, naming the address, after `timeout`.
// Connecting is tried again meanwhile: a server may come up late, and its name
// be known late. What time does not mend, such as a refused certificate, is
// told within seconds, as ProbeServer does.
absl::Status WaitConnected(grpc::Channel& channel, const std::string& address,
                           absl::Duration timeout = kConnectTimeout,
                           const ChannelSecurity& security = {});

// The codes are the same on both sides.
absl::Status FromGrpc(const grpc::Status& status);
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_GRPC_SETTINGS_H_
