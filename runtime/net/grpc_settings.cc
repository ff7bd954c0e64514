#include "runtime/net/grpc_settings.h"

#include <grpc/support/log.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "runtime/base/log.h"
#include "runtime/net/address.h"
#include "runtime/net/refusal_log.h"
#include "runtime/tls/probe.h"

namespace spacemoe {
namespace {

constexpr int kKeepaliveMs = 5000;
constexpr int kKeepaliveTimeoutMs = 5000;
constexpr int kReconnectMs = 100;
// Window updates are then rare: one for some hundred tokens.
constexpr int kLookaheadBytes = 4 << 20;

// Between looks at why there is no connection yet.
constexpr absl::Duration kProbeInterval = absl::Seconds(2);
constexpr absl::Duration kProbePatience = absl::Seconds(1);

void LogFromGrpc(gpr_log_func_args* args) {
  if (const std::string refusal = ExplainHandshake(args->message);
      !refusal.empty()) {
    LogRefusal(refusal);
  }
  LogDebug(absl::StrCat("gRPC: ", args->message));
}

absl::Status Probe(const std::string& text, const ChannelSecurity& security) {
  const auto address = ParseAddress(text);
  if (!address.ok() || address->kind != AddressKind::kTcp)
    return absl::OkStatus();
  return ProbeServer({.host = address->host,
                      .port = address->port,
                      .identity = security.identity.get(),
                      .server = security.server},
                     kProbePatience);
}

absl::Status CannotConnect(const std::string& address, absl::StatusCode code,
                           const std::string& when,
                           const absl::Status& reason) {
  return absl::Status(code, absl::StrCat("cannot connect to ", address, when,
                                         reason.ok() ? "" : ": ",
                                         std::string(reason.message())));
}

}  // namespace

void PrepareGrpc() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr)
    gpr_set_log_function(&LogFromGrpc);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

grpc::ChannelArguments ChannelSettings() {
  grpc::ChannelArguments args;
  args.SetMaxReceiveMessageSize(kMaxMessageBytes);
  args.SetMaxSendMessageSize(kMaxMessageBytes);
  args.SetInt(GRPC_ARG_MINIMAL_STACK, 0);
  args.SetInt(GRPC_ARG_ENABLE_CENSUS, 0);
  args.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  args.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  args.SetInt(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1);
  args.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  args.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookaheadBytes);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  args.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMs);
  args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMs);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 10 * kReconnectMs);
  args.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 10 * kReconnectMs);
  return args;
}

void ApplyServerSettings(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder->SetMaxSendMessageSize(kMaxMessageBytes);
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CENSUS, 0);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES,
                              kLookaheadBytes);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                              kKeepaliveTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveMs / 2);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
}

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address,
                                           const ChannelSecurity& security) {
  grpc::ChannelArguments settings = ChannelSettings();
  const auto credentials = MakeChannelCredentials(security, &settings);
  auto channel = grpc::CreateCustomChannel(address, credentials, settings);
  channel->GetState(/*try_to_connect=*/true);
  return channel;
}

absl::Status WaitConnected(grpc::Channel& channel, const std::string& address,
                           absl::Duration timeout,
                           const ChannelSecurity& security) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    const absl::Time until = std::min(deadline, absl::Now() + kProbeInterval);
    if (channel.WaitForConnected(absl::ToChronoTime(until)))
      return absl::OkStatus();
    const absl::Status reason = Probe(address, security);
    const bool hopeless = !reason.ok() && !absl::IsUnavailable(reason);
    if (hopeless) return CannotConnect(address, reason.code(), "", reason);
    if (absl::Now() >= deadline) {
      return CannotConnect(
          address, absl::StatusCode::kUnavailable,
          absl::StrCat(" within ", absl::FormatDuration(timeout)), reason);
    }
  }
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

grpc::Status ToGrpc(const absl::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()));
}

}  // namespace spacemoe
