#include "runtime/net/server_host.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/address.h"
#include "runtime/net/credentials.h"
#include "runtime/net/grpc_settings.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<ServerHost>> ServerHost::Start(
    const Options& options) {
  SPACEMOE_ASSIGN_OR_RETURN(Address address, ParseAddress(options.address));
  // gRPC only logs why it can't listen.
  SPACEMOE_RETURN_IF_ERROR(ProbeListen(address));
  grpc::ServerBuilder builder;
  ApplyServerSettings(&builder);
  int port = 0;
  builder.AddListeningPort(address.ToString(),
                           MakeServerCredentials(options.identity), &port);
  for (grpc::Service* service : options.services)
    builder.RegisterService(service);
  std::unique_ptr<EventLoop> loop;
  for (LoopService* service : options.looped)
    builder.RegisterService(service->service());
  if (!options.looped.empty())
    loop = std::make_unique<EventLoop>(builder.AddCompletionQueue());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port <= 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address.ToString()));
  }
  if (address.kind == AddressKind::kTcp)
    address.port = static_cast<uint16_t>(port);
  for (LoopService* service : options.looped) service->Serve(loop.get());
  return std::unique_ptr<ServerHost>(new ServerHost(
      std::move(server), std::move(loop), options, address.ToString()));
}

ServerHost::ServerHost(std::unique_ptr<grpc::Server> server,
                       std::unique_ptr<EventLoop> loop, const Options& options,
                       std::string address)
    : server_(std::move(server)),
      loop_(std::move(loop)),
      looped_(options.looped),
      address_(std::move(address)) {}

ServerHost::~ServerHost() { Shutdown(absl::ZeroDuration()); }

void ServerHost::Shutdown(absl::Duration grace) {
  if (std::exchange(shut_down_, true)) return;
  server_->Shutdown(std::chrono::system_clock::now() +
                    absl::ToChronoMicroseconds(grace));
  server_->Wait();
  for (LoopService* service : looped_) service->AwaitEnd();
}

}  // namespace spacemoe
