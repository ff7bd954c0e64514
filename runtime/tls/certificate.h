// What a certificate says.
#ifndef SPACEMOE_RUNTIME_TLS_CERTIFICATE_H_
#define SPACEMOE_RUNTIME_TLS_CERTIFICATE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "openssl/x509.h"
#include "runtime/tls/node_name.h"

namespace spacemoe {

struct CertificateFacts {
  std::string subject;             // its common name
  std::vector<std::string> hosts;  // DNS names and IP addresses
  std::optional<NodeName> name;    // unset: no spacemoe URI
  absl::Time not_before;
  absl::Time not_after;
};

// Of the first certificate of a PEM text; nothing is verified.
// INVALID_ARGUMENT for what is no certificate.
absl::StatusOr<CertificateFacts> ReadCertificate(std::string_view pem);
CertificateFacts FactsOf(X509* certificate);

// FAILED_PRECONDITION, with the date, outside of the certificate's time.
absl::Status CheckValidity(const CertificateFacts& facts, absl::Time now);

// UNAUTHENTICATED, with OpenSSL's reason, unless a certificate of `ca_pem` has
// issued the first one of `pem` and `now` is within its time.
absl::Status CheckIssuer(std::string_view pem, std::string_view ca_pem,
                         absl::Time now);

// INVALID_ARGUMENT unless `key_pem` is the key of the first certificate of
// `pem`.
absl::Status CheckKeyOf(std::string_view pem, std::string_view key_pem);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TLS_CERTIFICATE_H_
