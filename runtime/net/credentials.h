// gRPC's credentials, and who may call what.
#ifndef SPACEMOE_RUNTIME_NET_CREDENTIALS_H_
#define SPACEMOE_RUNTIME_NET_CREDENTIALS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

// How a channel proves itself, and whom it expects at the other end. A server
// of another constellation or role is refused, whatever its address.
struct ChannelSecurity {
  std::shared_ptr<const TlsIdentity> identity;  // null: no TLS
  NodeRole server = NodeRole::kCoordinator;
};

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(
    const ChannelSecurity& security, grpc::ChannelArguments* arguments);

// Null: no TLS. Otherwise a peer without a certificate of the same authority
// does not get past the handshake, and every call goes through CheckCaller.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    const std::shared_ptr<const TlsIdentity>& identity);

// Whether a caller whose certificate has these URIs may call `method` (as in
// "/spacemoe.v1.Ring/Exchange") of a server of `constellation`.
// PERMISSION_DENIED says what was expected and what was found.
absl::Status CheckCaller(std::string_view method,
                         const std::vector<std::string>& uris,
                         const std::string& constellation);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_CREDENTIALS_H_
