#include "runtime/tls/identity.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/read_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/tls/certificate.h"
#include "runtime/tls/openssl.h"

namespace spacemoe {
namespace {

absl::Status In(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", std::string(status.message())));
}

absl::StatusOr<std::string> ReadGiven(const std::string& path,
                                      const char* flag) {
  if (path.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected ", flag,
                     ": --tls-ca, --tls-cert and --tls-key belong together"));
  }
  return ReadFile(path);
}

absl::Status CheckRole(const CertificateFacts& facts,
                       std::optional<NodeRole> role) {
  if (!facts.name.has_value()) {
    return absl::InvalidArgumentError(
        "the certificate has no URI spacemoe://CONSTELLATION/ROLE; `spacemoe "
        "certs` makes certificates that do");
  }
  if (facts.name->role == role.value_or(facts.name->role))
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("expected a ", RoleText(*role), "'s certificate, found a ",
                   RoleText(facts.name->role), "'s"));
}

absl::Status CheckCertificate(const TlsIdentity& identity,
                              const CertificateFacts& facts,
                              std::optional<NodeRole> role, absl::Time now) {
  SPACEMOE_RETURN_IF_ERROR(CheckRole(facts, role));
  if (const absl::Status valid = CheckValidity(facts, now); !valid.ok()) {
    return absl::Status(
        valid.code(),
        absl::StrCat("the certificate ", std::string(valid.message())));
  }
  const absl::Status issued =
      CheckIssuer(identity.certificate_pem, identity.ca_pem, now);
  if (issued.ok() || absl::IsInvalidArgument(issued)) return issued;
  return absl::UnauthenticatedError(absl::StrCat(
      "the authority of --tls-ca has not issued this certificate (",
      std::string(issued.message()), ")"));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsIdentity>> LoadIdentity(
    const TlsFiles& files, std::optional<NodeRole> role, absl::Time now) {
  TlsIdentity identity;
  SPACEMOE_ASSIGN_OR_RETURN(identity.ca_pem, ReadGiven(files.ca, "--tls-ca"));
  SPACEMOE_ASSIGN_OR_RETURN(identity.certificate_pem,
                            ReadGiven(files.certificate, "--tls-cert"));
  SPACEMOE_ASSIGN_OR_RETURN(identity.key_pem,
                            ReadGiven(files.key, "--tls-key"));
  SPACEMOE_RETURN_IF_ERROR(
      In(files.ca, ParseCertificates(identity.ca_pem).status()));
  const auto facts = ReadCertificate(identity.certificate_pem);
  SPACEMOE_RETURN_IF_ERROR(In(files.certificate, facts.status()));
  SPACEMOE_RETURN_IF_ERROR(
      In(files.certificate, CheckCertificate(identity, *facts, role, now)));
  SPACEMOE_RETURN_IF_ERROR(
      In(files.key, CheckKeyOf(identity.certificate_pem, identity.key_pem)));
  identity.name = *facts->name;
  return std::make_shared<const TlsIdentity>(std::move(identity));
}

}  // namespace spacemoe
