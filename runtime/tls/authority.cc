#include "runtime/tls/authority.h"

#include <arpa/inet.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "openssl/bn.h"
#include "openssl/x509.h"
#include "runtime/base/status_macros.h"
#include "runtime/tls/certificate.h"

namespace spacemoe {
namespace {

using NumberPtr = std::unique_ptr<BIGNUM, OpenSslDeleter<BN_free>>;
using ExtensionPtr =
    std::unique_ptr<X509_EXTENSION, OpenSslDeleter<X509_EXTENSION_free>>;

constexpr int kSerialBits = 127;
// Clocks of other machines may be behind.
constexpr absl::Duration kBackdating = absl::Hours(1);

struct Extension {
  int nid;
  std::string value;
};

bool IsIp(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool IsDnsName(const std::string& text) {
  return !text.empty() && text.size() <= 253 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
         });
}

absl::StatusOr<std::string> AlternativeNames(
    const NodeName& name, const std::vector<std::string>& hosts) {
  std::vector<std::string> names = {absl::StrCat("URI:", ToUri(name)),
                                    absl::StrCat("DNS:", ServerNameOf(name))};
  for (const std::string& host : hosts) {
    if (IsIp(host)) {
      names.push_back(absl::StrCat("IP:", host));
    } else if (IsDnsName(host)) {
      names.push_back(absl::StrCat("DNS:", host));
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "expected a host's name or IP address, found '", host, "'"));
    }
  }
  return absl::StrJoin(names, ",");
}

absl::Status SetSerial(X509* certificate) {
  const NumberPtr number(BN_new());
  if (number == nullptr ||
      BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) !=
          1 ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) ==
          nullptr) {
    return OpenSslError("cannot draw a serial number");
  }
  return absl::OkStatus();
}

bool SetTime(ASN1_TIME* field, absl::Time time) {
  return ASN1_TIME_set(field, absl::ToTimeT(time)) != nullptr;
}

absl::Status SetSubject(X509* certificate, const std::string& common_name) {
  if (X509_NAME_add_entry_by_NID(
          X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
          reinterpret_cast<const unsigned char*>(common_name.data()),
          static_cast<int>(common_name.size()), -1, 0) == 1) {
    return absl::OkStatus();
  }
  return OpenSslError(absl::StrCat("the name '", common_name, "'"));
}

absl::Status AddExtensions(X509* certificate, X509* issuer,
                           const std::vector<Extension>& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const Extension& extension : extensions) {
    const ExtensionPtr made(X509V3_EXT_conf_nid(
        nullptr, &context, extension.nid, extension.value.c_str()));
    if (made == nullptr || X509_add_ext(certificate, made.get(), -1) != 1)
      return OpenSslError(absl::StrCat("extension ", extension.value));
  }
  return absl::OkStatus();
}

struct Form {
  std::string common_name;
  absl::Time not_before;
  absl::Time not_after;
  std::vector<Extension> extensions;
};

// `issuer` is null for a certificate that signs itself.
absl::StatusOr<CertificatePtr> Sign(const Form& form, EVP_PKEY* key,
                                    X509* issuer, EVP_PKEY* issuer_key) {
  CertificatePtr certificate(X509_new());
  if (certificate == nullptr || X509_set_version(certificate.get(), 2) != 1 ||
      X509_set_pubkey(certificate.get(), key) != 1 ||
      !SetTime(X509_getm_notBefore(certificate.get()), form.not_before) ||
      !SetTime(X509_getm_notAfter(certificate.get()), form.not_after)) {
    return OpenSslError("cannot make a certificate");
  }
  SPACEMOE_RETURN_IF_ERROR(SetSerial(certificate.get()));
  SPACEMOE_RETURN_IF_ERROR(SetSubject(certificate.get(), form.common_name));
  if (issuer == nullptr) issuer = certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  SPACEMOE_RETURN_IF_ERROR(
      AddExtensions(certificate.get(), issuer, form.extensions));
  if (X509_sign(certificate.get(), issuer_key, EVP_sha256()) == 0)
    return OpenSslError("cannot sign a certificate");
  return certificate;
}

absl::StatusOr<KeyPtr> NewKey() {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpenSslError("cannot make a key");
  return key;
}

std::string UsageOf(NodeRole role) {
  switch (role) {
    case NodeRole::kCoordinator:
      return "serverAuth";
    case NodeRole::kClient:
      return "clientAuth";
    default:
      return "serverAuth,clientAuth";
  }
}

absl::StatusOr<Authority::Issued> Export(X509* certificate, EVP_PKEY* key) {
  Authority::Issued issued;
  SPACEMOE_ASSIGN_OR_RETURN(issued.certificate_pem,
                            CertificateToPem(certificate));
  SPACEMOE_ASSIGN_OR_RETURN(issued.key_pem, KeyToPem(key));
  return issued;
}

}  // namespace

absl::StatusOr<Authority> Authority::Create(const std::string& constellation,
                                            absl::Duration lifetime,
                                            absl::Time now) {
  SPACEMOE_RETURN_IF_ERROR(CheckConstellationName(constellation));
  SPACEMOE_ASSIGN_OR_RETURN(KeyPtr key, NewKey());
  const NodeName name{constellation, NodeRole::kAuthority};
  const Form form{
      .common_name = absl::StrCat("SpaceMoE ", constellation),
      .not_before = now - kBackdating,
      .not_after = now + lifetime,
      .extensions = {
          {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
          {NID_key_usage, "critical,keyCertSign,cRLSign"},
          {NID_subject_key_identifier, "hash"},
          {NID_subject_alt_name, absl::StrCat("URI:", ToUri(name))}}};
  SPACEMOE_ASSIGN_OR_RETURN(CertificatePtr certificate,
                            Sign(form, key.get(), nullptr, key.get()));
  return Authority(constellation, std::move(certificate), std::move(key));
}

absl::StatusOr<Authority> Authority::Load(const std::string& certificate_pem,
                                          const std::string& key_pem) {
  SPACEMOE_ASSIGN_OR_RETURN(auto certificates,
                            ParseCertificates(certificate_pem));
  SPACEMOE_ASSIGN_OR_RETURN(KeyPtr key, ParseKey(key_pem));
  CertificatePtr certificate = std::move(certificates.front());
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return OpenSslError("the key is not the authority's");
  const CertificateFacts facts = FactsOf(certificate.get());
  if (!facts.name.has_value() || facts.name->role != NodeRole::kAuthority) {
    return absl::InvalidArgumentError(
        "expected the certificate of an authority that `spacemoe certs` has "
        "made");
  }
  return Authority(facts.name->constellation, std::move(certificate),
                   std::move(key));
}

absl::StatusOr<Authority::Issued> Authority::Issue(const Request& request,
                                                   absl::Time now) const {
  const NodeName name{constellation_, request.role};
  SPACEMOE_ASSIGN_OR_RETURN(const std::string names,
                            AlternativeNames(name, request.hosts));
  SPACEMOE_ASSIGN_OR_RETURN(const KeyPtr key, NewKey());
  const Form form{.common_name = request.common_name,
                  .not_before = now - kBackdating,
                  .not_after = std::min(now + request.lifetime,
                                        FactsOf(certificate_.get()).not_after),
                  .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                 {NID_key_usage, "critical,digitalSignature"},
                                 {NID_ext_key_usage, UsageOf(request.role)},
                                 {NID_subject_key_identifier, "hash"},
                                 {NID_authority_key_identifier, "keyid"},
                                 {NID_subject_alt_name, names}}};
  SPACEMOE_ASSIGN_OR_RETURN(
      const CertificatePtr certificate,
      Sign(form, key.get(), certificate_.get(), key_.get()));
  return Export(certificate.get(), key.get());
}

absl::StatusOr<Authority::Issued> Authority::ToPem() const {
  return Export(certificate_.get(), key_.get());
}

}  // namespace spacemoe
