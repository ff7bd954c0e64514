#include "runtime/net/tls_flags.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/address.h"

namespace spacemoe {

void AddTlsFlags(CLI::App* app, TlsFlags* flags) {
  app->add_option("--tls-ca", flags->files.ca,
                  "certificate of the authority (`spacemoe certs` makes all "
                  "three)")
      ->envname("SPACEMOE_TLS_CA")
      ->type_name("FILE");
  app->add_option("--tls-cert", flags->files.certificate,
                  "this node's certificate")
      ->envname("SPACEMOE_TLS_CERT")
      ->type_name("FILE");
  app->add_option("--tls-key", flags->files.key, "its private key")
      ->envname("SPACEMOE_TLS_KEY")
      ->type_name("FILE");
  app->add_flag("--insecure", flags->insecure,
                "no TLS, even where other machines can connect");
}

absl::StatusOr<std::shared_ptr<const TlsIdentity>> IdentityFor(
    const TlsFlags& flags, std::optional<NodeRole> role,
    const std::vector<std::string>& addresses) {
  if (flags.insecure) return nullptr;
  if (!flags.files.empty()) return LoadIdentity(flags.files, role, absl::Now());
  for (const std::string& text : addresses) {
    SPACEMOE_ASSIGN_OR_RETURN(const Address address, ParseAddress(text));
    if (IsLocal(address)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        text,
        " is not on this machine alone, and there are no keys: make some with "
        "`spacemoe certs` and give --tls-ca, --tls-cert and --tls-key, or say "
        "--insecure"));
  }
  return nullptr;
}

}  // namespace spacemoe
