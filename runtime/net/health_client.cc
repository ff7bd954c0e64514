#include "runtime/net/health_client.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/address.h"
#include "runtime/net/grpc_settings.h"

namespace spacemoe {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckResponse;

absl::Status CheckHealth(const std::string& address, absl::Duration timeout,
                         const ChannelSecurity& security) {
  SPACEMOE_RETURN_IF_ERROR(ParseAddress(address).status());
  const absl::Time deadline = absl::Now() + timeout;
  const auto channel = OpenChannel(address, security);
  SPACEMOE_RETURN_IF_ERROR(WaitConnected(*channel, address, timeout, security));
  const std::unique_ptr<Health::Stub> stub = Health::NewStub(channel);
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(deadline));
  HealthCheckResponse response;
  const absl::Status status = FromGrpc(stub->Check(&context, {}, &response));
  if (!status.ok()) {
    return absl::UnavailableError(absl::StrCat(
        address, " does not answer: ", std::string(status.message())));
  }
  if (response.status() == HealthCheckResponse::SERVING)
    return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(address, " is not ready: ",
                   HealthCheckResponse::ServingStatus_Name(response.status())));
}

}  // namespace spacemoe
