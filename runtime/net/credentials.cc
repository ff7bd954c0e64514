#include "runtime/net/credentials.h"

#include <grpc/grpc_security_constants.h>

#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "grpcpp/security/auth_metadata_processor.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "runtime/net/grpc_settings.h"
#include "runtime/net/refusal_log.h"
#include "runtime/tls/certificate.h"

namespace spacemoe {
namespace {

struct ServiceRule {
  std::string_view prefix;
  NodeRole caller;
};

// Of services that are not listed every node of the constellation is a caller.
constexpr ServiceRule kRules[] = {
    {"/spacemoe.v1.Membership/", NodeRole::kSatellite},
    {"/spacemoe.v1.Ring/", NodeRole::kSatellite},
    {"/spacemoe.v1.Inference/", NodeRole::kClient},
};

std::string ToString(grpc::string_ref text) {
  return std::string(text.data(), text.size());
}

std::optional<NodeRole> CallerOf(std::string_view method) {
  for (const ServiceRule& rule : kRules) {
    if (method.starts_with(rule.prefix)) return rule.caller;
  }
  return std::nullopt;
}

absl::Status Denied(std::string_view method, const std::string& expected,
                    const std::vector<std::string>& uris) {
  return absl::PermissionDeniedError(absl::StrCat(
      "refused ", std::string(method), ": expected the certificate of ",
      expected, ", found ",
      uris.empty() ? "one without a spacemoe URI" : absl::StrJoin(uris, ", ")));
}

// Part of a handshake. gRPC would verify by itself, but keep the reason.
class PeerCheck final : public grpc::experimental::ExternalCertificateVerifier {
 public:
  explicit PeerCheck(std::string ca_pem) : ca_pem_(std::move(ca_pem)) {}

  bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
              std::function<void(grpc::Status)>,
              grpc::Status* result) override {
    // The peer's own certificate, then those that come between.
    const std::string chain =
        absl::StrCat(ToString(request->peer_cert()), "\n",
                     ToString(request->peer_cert_full_chain()));
    const absl::Status issued = CheckIssuer(chain, ca_pem_, absl::Now());
    *result = ToGrpc(issued);
    if (!issued.ok()) LogRefusal(RefusalOf(chain, issued));
    return true;
  }

  void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest*) override {
  }

 private:
  static std::string RefusalOf(const std::string& chain,
                               const absl::Status& issued) {
    const auto facts = ReadCertificate(chain);
    const bool named = facts.ok() && facts->name.has_value();
    return absl::StrCat(
        "refused a connection: the peer's certificate ",
        named ? absl::StrCat("(", ToUri(*facts->name), ")") : "", ": ",
        std::string(issued.message()));
  }

  const std::string ca_pem_;
};

// Runs inline, before a call reaches its service.
class CallerCheck final : public grpc::AuthMetadataProcessor {
 public:
  explicit CallerCheck(std::string constellation)
      : constellation_(std::move(constellation)) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata,
                       grpc::AuthContext* context, OutputMetadata*,
                       OutputMetadata*) override {
    const auto path = metadata.find(":path");
    const std::string method =
        path == metadata.end() ? "" : ToString(path->second);
    const absl::Status status =
        CheckCaller(method, UrisOf(*context), constellation_);
    if (!status.ok()) LogRefusal(std::string(status.message()));
    return ToGrpc(status);
  }

 private:
  static std::vector<std::string> UrisOf(const grpc::AuthContext& context) {
    std::vector<std::string> uris;
    for (const grpc::string_ref& uri :
         context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
      uris.push_back(ToString(uri));
    }
    return uris;
  }

  const std::string constellation_;
};

}  // namespace

std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials(
    const ChannelSecurity& security, grpc::ChannelArguments* arguments) {
  if (security.identity == nullptr) return grpc::InsecureChannelCredentials();
  const TlsIdentity& identity = *security.identity;
  arguments->SetSslTargetNameOverride(
      ServerNameOf({identity.name.constellation, security.server}));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = identity.ca_pem;
  options.pem_private_key = identity.key_pem;
  options.pem_cert_chain = identity.certificate_pem;
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    const std::shared_ptr<const TlsIdentity>& identity) {
  if (identity == nullptr) return grpc::InsecureServerCredentials();
  using grpc::experimental::StaticDataCertificateProvider;
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<StaticDataCertificateProvider>(
          identity->ca_pem,
          std::vector<grpc::experimental::IdentityKeyCertPair>{
              {identity->key_pem, identity->certificate_pem}}));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(
      grpc::experimental::ExternalCertificateVerifier::Create<PeerCheck>(
          identity->ca_pem));
  auto credentials = grpc::experimental::TlsServerCredentials(options);
  credentials->SetAuthMetadataProcessor(
      std::make_shared<CallerCheck>(identity->name.constellation));
  return credentials;
}

absl::Status CheckCaller(std::string_view method,
                         const std::vector<std::string>& uris,
                         const std::string& constellation) {
  const std::optional<NodeRole> caller = CallerOf(method);
  for (const std::string& uri : uris) {
    const auto name = ParseNodeUri(uri);
    if (name.ok() && name->constellation == constellation &&
        name->role == caller.value_or(name->role)) {
      return absl::OkStatus();
    }
  }
  const std::string expected =
      caller.has_value()
          ? ToUri({constellation, *caller})
          : absl::StrCat("a node of the constellation ", constellation);
  return Denied(method, expected, uris);
}

}  // namespace spacemoe
