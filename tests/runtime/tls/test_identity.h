// Identities made on the spot.
#ifndef SPACEMOE_TESTS_RUNTIME_TLS_TEST_IDENTITY_H_
#define SPACEMOE_TESTS_RUNTIME_TLS_TEST_IDENTITY_H_

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/tls/authority.h"
#include "runtime/tls/identity.h"

namespace spacemoe {

inline Authority NewTestAuthority(const std::string& constellation,
                                  absl::Time now = absl::Now()) {
  return *Authority::Create(constellation, absl::Hours(240), now);
}

// Nothing is checked, so that bad ones can be tried.
inline std::shared_ptr<const TlsIdentity> TestIdentity(
    const Authority& authority, NodeRole role, absl::Time now = absl::Now()) {
  const auto issued = *authority.Issue({.role = role,
                                        .common_name = RoleText(role),
                                        .hosts = {},
                                        .lifetime = absl::Hours(24)},
                                       now);
  TlsIdentity identity;
  identity.ca_pem = authority.ToPem()->certificate_pem;
  identity.certificate_pem = issued.certificate_pem;
  identity.key_pem = issued.key_pem;
  identity.name = {authority.constellation(), role};
  return std::make_shared<const TlsIdentity>(std::move(identity));
}

// Of an authority that is still good, but over.
inline std::shared_ptr<const TlsIdentity> ExpiredIdentity(
    const Authority& authority, NodeRole role) {
  return TestIdentity(authority, role, absl::Now() - absl::Hours(48));
}

// What `trusting` trusts, and `shown`'s certificate and key.
inline std::shared_ptr<const TlsIdentity> Mixed(const TlsIdentity& trusting,
                                                const TlsIdentity& shown) {
  TlsIdentity identity = shown;
  identity.ca_pem = trusting.ca_pem;
  identity.name.constellation = trusting.name.constellation;
  return std::make_shared<const TlsIdentity>(std::move(identity));
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_RUNTIME_TLS_TEST_IDENTITY_H_
