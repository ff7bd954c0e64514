// OpenSSL's objects with owners.
#ifndef SPACEMOE_RUNTIME_TLS_OPENSSL_H_
#define SPACEMOE_RUNTIME_TLS_OPENSSL_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "openssl/evp.h"
#include "openssl/ssl.h"
#include "openssl/x509v3.h"

namespace spacemoe {

template <auto kFree>
struct OpenSslDeleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using BioPtr = std::unique_ptr<BIO, OpenSslDeleter<BIO_free>>;
using CertificatePtr = std::unique_ptr<X509, OpenSslDeleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslDeleter<EVP_PKEY_free>>;
using NamesPtr =
    std::unique_ptr<GENERAL_NAMES, OpenSslDeleter<GENERAL_NAMES_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, OpenSslDeleter<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, OpenSslDeleter<SSL_free>>;

// "what: OpenSSL's reason"; empties the thread's queue of errors.
absl::Status OpenSslError(std::string_view what);

// All certificates of a PEM text, at least one. INVALID_ARGUMENT if there is
// none, or one is damaged.
absl::StatusOr<std::vector<CertificatePtr>> ParseCertificates(
    std::string_view pem);

// The private key of a PEM text. INVALID_ARGUMENT if it is none; keys with a
// passphrase are refused, never asked for.
absl::StatusOr<KeyPtr> ParseKey(std::string_view pem);

absl::StatusOr<std::string> CertificateToPem(X509* certificate);
absl::StatusOr<std::string> KeyToPem(EVP_PKEY* key);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TLS_OPENSSL_H_
