// --tls-ca, --tls-cert, --tls-key and --insecure, for every program.
#ifndef SPACEMOE_RUNTIME_NET_TLS_FLAGS_H_
#define SPACEMOE_RUNTIME_NET_TLS_FLAGS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

struct TlsFlags {
  TlsFiles files;
  bool insecure = false;
};

// The first three are also read from SPACEMOE_TLS_CA, SPACEMOE_TLS_CERT and
// SPACEMOE_TLS_KEY.
void AddTlsFlags(CLI::App* app, TlsFlags* flags);

// The identity that the flags ask for: null without any, or with --insecure,
// which wins over the environment. FAILED_PRECONDITION, naming the address and
// what to do, when it is null though not asked for and one of `addresses` (of
// address.h's forms) can be reached from other machines. Else as LoadIdentity.
absl::StatusOr<std::shared_ptr<const TlsIdentity>> IdentityFor(
    const TlsFlags& flags, std::optional<NodeRole> role,
    const std::vector<std::string>& addresses);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_TLS_FLAGS_H_
