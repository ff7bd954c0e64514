#include "satellite_node/satellite_process.h"

#include <unistd.h>

#include <atomic>
#include <memory>
#include <utility>

#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/ring_server.h"
#include "runtime/net/server_host.h"
#include "satellite_node/listen_address.h"
#include "satellite_node/messages.h"
#include "satellite_node/node.h"

namespace spacemoe {
namespace {

absl::StatusOr<std::unique_ptr<ServerHost>> StartServer(
    const SatelliteProcessOptions& options, RingServer* ring) {
  std::string listen = options.listen;
  if (listen.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(listen,
                              DefaultListenAddress(options.coordinator));
  }
  return ServerHost::Start(
      {.address = listen, .looped = ring, .identity = options.identity});
}

absl::StatusOr<Introduction> Introduce(const SatelliteProcessOptions& options,
                                       const std::string& bound) {
  Introduction introduction{.index = options.index,
                            .pid = static_cast<uint32_t>(getpid()),
                            .version = SPACEMOE_VERSION};
  SPACEMOE_ASSIGN_OR_RETURN(
      introduction.address,
      AdvertisedAddress(bound, options.advertise, options.coordinator));
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
  SPACEMOE_ASSIGN_OR_RETURN(const auto server, StartServer(options, &ring));
  Mailbox mailbox;
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto upstream,
      GrpcUpstream::Connect(options.coordinator, server->loop(), &mailbox,
                            options.connect_timeout, options.identity));
  // Not before: the coordinator's name may have been unknown until now.
  SPACEMOE_ASSIGN_OR_RETURN(const Introduction introduction,
                            Introduce(options, server->address()));
  Node node({.model_path = options.model_path,
             .checkpoint = options.checkpoint,
             .model_hash = options.model_hash,
             .connect = ConnectOverGrpc(server->loop(), options.identity),
             .loop = server->loop()},
            &mailbox, upstream.get());
  receiver = &node;
  upstream->Send(ToProto(introduction));
  const absl::Status end = node.Run();
  server->Shutdown(absl::ZeroDuration());  // no packet comes to the node
  return end;
}

}  // namespace spacemoe
