#include "satellite_node/satellite_process.h"

#include <unistd.h>

#include <atomic>
#include <memory>
#include <utility>

#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/metrics/exposer.h"
#include "runtime/net/address.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/health_server.h"
#include "runtime/net/ring_server.h"
#include "runtime/net/server_host.h"
#include "satellite_node/listen_address.h"
#include "satellite_node/messages.h"
#include "satellite_node/node.h"

namespace spacemoe {
namespace {

absl::StatusOr<std::unique_ptr<ServerHost>> StartServer(
    const SatelliteProcessOptions& options, RingServer* ring,
    HealthServer* health) {
  std::string listen = options.listen;
  if (listen.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(listen,
                              DefaultListenAddress(options.coordinator));
  }
  return ServerHost::Start({.address = listen,
                            .looped = {ring, health},
                            .identity = options.identity});
}

// Null when none are wanted. The node may come later and goes after the
// exposer.
absl::StatusOr<std::unique_ptr<MetricsExposer>> StartMetrics(
    const SatelliteProcessOptions& options, const std::atomic<Node*>* node) {
  if (options.metrics_listen.empty()) return nullptr;
  return MetricsExposer::Start(options.metrics_listen, [node] {
    Node* const there = *node;
    return NodeMetrics(there == nullptr ? NodeState() : there->State());
  });
}

// Where Prometheus reaches the exposer.
absl::StatusOr<std::string> AdvertisedMetrics(
    const SatelliteProcessOptions& options, const MetricsExposer* metrics) {
  if (metrics == nullptr) return std::string();
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::string address,
      AdvertisedAddress(metrics->address(), options.advertise,
                        options.coordinator));
  SPACEMOE_ASSIGN_OR_RETURN(Address parsed, ParseAddress(address));
  // Beside a coordinator on a unix socket.
  if (parsed.host == "0.0.0.0" || parsed.host == "::")
    parsed.host = "127.0.0.1";
  return parsed.ToString();
}

absl::StatusOr<Introduction> Introduce(const SatelliteProcessOptions& options,
                                       const std::string& bound,
                                       const MetricsExposer* metrics) {
  Introduction introduction{.index = options.index,
                            .pid = static_cast<uint32_t>(getpid()),
                            .version = SPACEMOE_VERSION};
  SPACEMOE_ASSIGN_OR_RETURN(
      introduction.address,
      AdvertisedAddress(bound, options.advertise, options.coordinator));
  SPACEMOE_ASSIGN_OR_RETURN(introduction.metrics_address,
                            AdvertisedMetrics(options, metrics));
  SPACEMOE_ASSIGN_OR_RETURN(introduction.clock_id, MonotonicClockId());
  introduction.model_hash = options.model_hash;
  return introduction;
}

}  // namespace

absl::Status RunSatelliteProcess(const SatelliteProcessOptions& options) {
  PrepareGrpc();
  WakeUpPrecisely();
  std::atomic<Node*> receiver = nullptr;
  RingServer ring([&receiver](Packet packet) {
    Node* const node = receiver;
    if (node != nullptr) return node->Deliver(std::move(packet));
    return absl::FailedPreconditionError("the satellite has no plan yet");
  });
  HealthServer health;
  SPACEMOE_ASSIGN_OR_RETURN(const auto server,
                            StartServer(options, &ring, &health));
  SPACEMOE_ASSIGN_OR_RETURN(auto metrics, StartMetrics(options, &receiver));
  Mailbox mailbox;
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto upstream,
      GrpcUpstream::Connect(options.coordinator, server->loop(), &mailbox,
                            options.connect_timeout, options.identity));
  // Not before: the coordinator's name may have been unknown until now.
  SPACEMOE_ASSIGN_OR_RETURN(
      const Introduction introduction,
      Introduce(options, server->address(), metrics.get()));
  Node node({.model_path = options.model_path,
             .checkpoint = options.checkpoint,
             .model_hash = options.model_hash,
             .connect = ConnectOverGrpc(server->loop(), options.identity),
             .on_ready = [&health](bool ready) { health.SetServing(ready); },
             .loop = server->loop()},
            &mailbox, upstream.get());
  receiver = &node;
  upstream->Send(ToProto(introduction));
  const absl::Status end = node.Run();
  metrics.reset();                         // nobody asks the node any more
  server->Shutdown(absl::ZeroDuration());  // no packet comes to the node
  return end;
}

}  // namespace spacemoe
