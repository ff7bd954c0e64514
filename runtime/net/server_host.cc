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
  if (options.looped != nullptr)
    builder.RegisterService(options.looped->service());
  if (options.health != nullptr)
    builder.RegisterService(options.health->service());
  if (options.looped != nullptr || options.health != nullptr)
    loop = std::make_unique<EventLoop>(builder.AddCompletionQueue());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port <= 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address.ToString()));
  }
  if (address.kind == AddressKind::kTcp)
    address.port = static_cast<uint16_t>(port);
  if (options.looped != nullptr) options.looped->Serve(loop.get());
  if (options.health != nullptr) options.health->Serve(loop.get());
  return std::unique_ptr<ServerHost>(new ServerHost(
      std::move(server), std::move(loop), options, address.ToString()));
}

ServerHost::ServerHost(std::unique_ptr<grpc::Server> server,
                       std::unique_ptr<EventLoop> loop, const Options& options,
                       std::string address)
    : server_(std::move(server)),
      loop_(std::move(loop)),
      looped_(options.looped),
      health_(options.health),
      address_(std::move(address)) {}

ServerHost::~ServerHost() { Shutdown(absl::ZeroDuration()); }

void ServerHost::Shutdown(absl::Duration grace) {
  if (std::exchange(shut_down_, true)) return;
  server_->Shutdown(std::chrono::system_clock::now() +
                    absl::ToChronoMicroseconds(grace));
  server_->Wait();
  if (looped_ != nullptr) looped_->AwaitEnd();
  if (health_ != nullptr) health_->AwaitEnd();
}

}  // namespace spacemoe
