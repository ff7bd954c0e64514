#include "runtime/tls/openssl.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "openssl/err.h"
#include "openssl/pem.h"

namespace spacemoe {
namespace {

BioPtr Reader(std::string_view text) {
  if (text.size() > std::numeric_limits<int>::max()) return nullptr;
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Instead of OpenSSL's own, which asks on the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

std::string ContentOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, size);
}

// After a failed read: the text has simply ended.
bool AtEnd() {
  return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

}  // namespace

absl::Status OpenSslError(std::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(
      std::string(what), ": ", reason == nullptr ? "not valid" : reason));
}

absl::StatusOr<std::vector<CertificatePtr>> ParseCertificates(
    std::string_view pem) {
  ERR_clear_error();
  const BioPtr bio = Reader(pem);
  if (bio == nullptr) return OpenSslError("cannot read a certificate");
  std::vector<CertificatePtr> certificates;
  while (X509* certificate =
             PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, nullptr)) {
    certificates.emplace_back(certificate);
  }
  if (certificates.empty() || !AtEnd())
    return OpenSslError("expected certificates in PEM form");
  ERR_clear_error();
  return certificates;
}

absl::StatusOr<KeyPtr> ParseKey(std::string_view pem) {
  ERR_clear_error();
  const BioPtr bio = Reader(pem);
  if (bio == nullptr) return OpenSslError("cannot read a key");
  KeyPtr key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr));
  if (key == nullptr)
    return OpenSslError("expected a private key in PEM form, no passphrase");
  return key;
}

absl::StatusOr<std::string> CertificateToPem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || PEM_write_bio_X509(bio.get(), certificate) != 1)
    return OpenSslError("cannot write a certificate");
  return ContentOf(bio.get());
}

absl::StatusOr<std::string> KeyToPem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0,
                                    nullptr, nullptr) != 1) {
    return OpenSslError("cannot write a key");
  }
  return ContentOf(bio.get());
}

}  // namespace spacemoe
