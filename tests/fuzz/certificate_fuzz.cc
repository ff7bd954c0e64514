// Whatever a peer shows or a file holds, reading it gives facts or a status; a
// name that was read is written back to the same URI.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/tls/certificate.h"
#include "runtime/tls/node_name.h"
#include "runtime/tls/openssl.h"

namespace {

void CheckName(const spacemoe::CertificateFacts& facts) {
  if (!facts.name.has_value()) return;
  const auto again = spacemoe::ParseNodeUri(spacemoe::ToUri(*facts.name));
  if (!again.ok() || !(*again == *facts.name)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)spacemoe::ParseKey(text);
  (void)spacemoe::ParseNodeUri(text);
  if (const auto facts = spacemoe::ReadCertificate(text); facts.ok())
    CheckName(*facts);
  // The bytes inside of a PEM text, which changes to the text seldom reach.
  const uint8_t* next = data;
  const spacemoe::CertificatePtr certificate(
      d2i_X509(nullptr, &next, static_cast<long>(size)));
  if (certificate != nullptr) CheckName(spacemoe::FactsOf(certificate.get()));
  return 0;
}
