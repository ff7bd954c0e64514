// Who this process is to its peers, and whom it trusts.
#ifndef SPACEMOE_RUNTIME_TLS_IDENTITY_H_
#define SPACEMOE_RUNTIME_TLS_IDENTITY_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/tls/node_name.h"

namespace spacemoe {

// Paths of PEM files, as `spacemoe certs` makes them.
struct TlsFiles {
  std::string ca;           // certificates of the authority
  std::string certificate;  // of this node, with its chain if it has one
  std::string key;          // its private key

  bool empty() const {
    return ca.empty() && certificate.empty() && key.empty();
  }
};

// Never logged. Immutable.
struct TlsIdentity {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;
  NodeName name;
};

// Reads and checks. Every error names the file: NOT_FOUND, or INVALID_ARGUMENT
// for a missing flag, what is no PEM, a key of another certificate, a
// certificate without a spacemoe URI or of another role than `role` (if set),
// FAILED_PRECONDITION for one outside of its time, UNAUTHENTICATED for one that
// the authority has not issued.
absl::StatusOr<std::shared_ptr<const TlsIdentity>> LoadIdentity(
    const TlsFiles& files, std::optional<NodeRole> role, absl::Time now);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TLS_IDENTITY_H_
