// Issues the certificates of a constellation.
#ifndef SPACEMOE_RUNTIME_TLS_AUTHORITY_H_
#define SPACEMOE_RUNTIME_TLS_AUTHORITY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/tls/node_name.h"
#include "runtime/tls/openssl.h"

namespace spacemoe {

// All keys are ECDSA P-256.
class Authority {
 public:
  struct Request {
    NodeRole role = NodeRole::kSatellite;
    std::string common_name;
    std::vector<std::string> hosts;  // DNS names and IP addresses
    absl::Duration lifetime;         // at most as long as the authority's
  };
  struct Issued {
    std::string certificate_pem;
    std::string key_pem;
  };

  // INVALID_ARGUMENT for a name that CheckConstellationName refuses.
  static absl::StatusOr<Authority> Create(const std::string& constellation,
                                          absl::Duration lifetime,
                                          absl::Time now);
  // What Create has made. INVALID_ARGUMENT for anything else.
  static absl::StatusOr<Authority> Load(const std::string& certificate_pem,
                                        const std::string& key_pem);

  // INVALID_ARGUMENT for a host that is neither a DNS name nor an IP address.
  absl::StatusOr<Issued> Issue(const Request& request, absl::Time now) const;

  const std::string& constellation() const { return constellation_; }
  absl::StatusOr<Issued> ToPem() const;

 private:
  Authority(std::string constellation, CertificatePtr certificate, KeyPtr key)
      : constellation_(std::move(constellation)),
        certificate_(std::move(certificate)),
        key_(std::move(key)) {}

  std::string constellation_;
  CertificatePtr certificate_;
  KeyPtr key_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TLS_AUTHORITY_H_
