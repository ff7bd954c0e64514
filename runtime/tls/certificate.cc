#include "runtime/tls/certificate.h"

#include <arpa/inet.h>

#include <ctime>
#include <memory>

#include "absl/strings/str_cat.h"
#include "openssl/err.h"
#include "runtime/base/status_macros.h"
#include "runtime/tls/openssl.h"

namespace spacemoe {
namespace {

using StorePtr = std::unique_ptr<X509_STORE, OpenSslDeleter<X509_STORE_free>>;
using StoreContextPtr =
    std::unique_ptr<X509_STORE_CTX, OpenSslDeleter<X509_STORE_CTX_free>>;

// Not of what is in it. (sk_X509_free is a macro.)
struct StackDeleter {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTimeT(timegm(&parts));
}

std::string CommonName(X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) return "";
  std::string name(reinterpret_cast<char*>(text), size);
  OPENSSL_free(text);
  return name;
}

std::string TextOf(const ASN1_STRING* text) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     ASN1_STRING_length(text));
}

std::string IpText(const ASN1_OCTET_STRING* bytes) {
  const int size = ASN1_STRING_length(bytes);
  char text[INET6_ADDRSTRLEN] = "";
  if (size == 4) {
    inet_ntop(AF_INET, ASN1_STRING_get0_data(bytes), text, sizeof(text));
  } else if (size == 16) {
    inet_ntop(AF_INET6, ASN1_STRING_get0_data(bytes), text, sizeof(text));
  }
  return text;
}

void AddName(const GENERAL_NAME* name, CertificateFacts* facts) {
  if (name->type == GEN_DNS) {
    facts->hosts.push_back(TextOf(name->d.dNSName));
  } else if (name->type == GEN_IPADD) {
    facts->hosts.push_back(IpText(name->d.iPAddress));
  } else if (name->type == GEN_URI) {
    const auto node = ParseNodeUri(TextOf(name->d.uniformResourceIdentifier));
    if (node.ok() && !facts->name.has_value()) facts->name = *node;
  }
}

std::string Day(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone());
}

absl::StatusOr<StorePtr> StoreOf(std::string_view ca_pem) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto authorities, ParseCertificates(ca_pem));
  StorePtr store(X509_STORE_new());
  for (const CertificatePtr& authority : authorities) {
    if (store == nullptr ||
        X509_STORE_add_cert(store.get(), authority.get()) != 1) {
      return OpenSslError("cannot trust a certificate");
    }
  }
  return store;
}

}  // namespace

CertificateFacts FactsOf(X509* certificate) {
  CertificateFacts facts;
  facts.subject = CommonName(certificate);
  facts.not_before = TimeOf(X509_get0_notBefore(certificate));
  facts.not_after = TimeOf(X509_get0_notAfter(certificate));
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get());
       ++i) {
    AddName(sk_GENERAL_NAME_value(names.get(), i), &facts);
  }
  return facts;
}

absl::StatusOr<CertificateFacts> ReadCertificate(std::string_view pem) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto certificates, ParseCertificates(pem));
  return FactsOf(certificates.front().get());
}

absl::Status CheckValidity(const CertificateFacts& facts, absl::Time now) {
  if (now > facts.not_after) {
    return absl::FailedPreconditionError(
        absl::StrCat("expired on ", Day(facts.not_after)));
  }
  if (now < facts.not_before) {
    return absl::FailedPreconditionError(
        absl::StrCat("is not valid before ", Day(facts.not_before)));
  }
  return absl::OkStatus();
}

absl::Status CheckIssuer(std::string_view pem, std::string_view ca_pem,
                         absl::Time now) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto chain, ParseCertificates(pem));
  SPACEMOE_ASSIGN_OR_RETURN(const StorePtr store, StoreOf(ca_pem));
  const std::unique_ptr<STACK_OF(X509), StackDeleter> rest(sk_X509_new_null());
  for (size_t i = 1; i < chain.size(); ++i)
    sk_X509_push(rest.get(), chain[i].get());
  const StoreContextPtr context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(),
                          rest.get()) != 1) {
    return OpenSslError("cannot verify a certificate");
  }
  X509_STORE_CTX_set_time(context.get(), 0, absl::ToTimeT(now));
  const bool issued = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();  // gRPC reads the same queue
  if (issued) return absl::OkStatus();
  return absl::UnauthenticatedError(
      X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
}

absl::Status CheckKeyOf(std::string_view pem, std::string_view key_pem) {
  SPACEMOE_ASSIGN_OR_RETURN(const KeyPtr key, ParseKey(key_pem));
  SPACEMOE_ASSIGN_OR_RETURN(const auto chain, ParseCertificates(pem));
  if (X509_check_private_key(chain.front().get(), key.get()) == 1)
    return absl::OkStatus();
  return OpenSslError("the key is not the certificate's");
}

}  // namespace spacemoe
