#include "runtime/tls/probe.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "openssl/err.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/unique_fd.h"
#include "runtime/tls/certificate.h"
#include "runtime/tls/openssl.h"

namespace spacemoe {
namespace {

using AddressesPtr = std::unique_ptr<addrinfo, OpenSslDeleter<freeaddrinfo>>;
using BioMethodPtr = std::unique_ptr<BIO_METHOD, OpenSslDeleter<BIO_meth_free>>;

constexpr unsigned char kProtocols[] = {2, 'h', '2'};

absl::Status Nobody(const std::string& reason) {
  return absl::UnavailableError(reason);
}

absl::StatusOr<AddressesPtr> Resolve(const ProbeTarget& target) {
  const addrinfo hints{.ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const int error = getaddrinfo(
      target.host.c_str(), absl::StrCat(target.port).c_str(), &hints, &found);
  if (error != 0) {
    return Nobody(
        absl::StrCat("the host ", target.host, ": ", gai_strerror(error)));
  }
  return AddressesPtr(found);
}

// Blocking from then on, each read and write for `patience` at most.
absl::StatusOr<UniqueFd> Connect(const addrinfo& address,
                                 absl::Duration patience) {
  UniqueFd fd(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval time = absl::ToTimeval(patience);
  if (!fd.valid() ||
      setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)) != 0 ||
      setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)) != 0 ||
      connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) {
    // The kernel's word for a connect that takes longer than SO_SNDTIMEO.
    return Nobody(errno == EINPROGRESS ? "no answer" : std::strerror(errno));
  }
  return fd;
}

// What OpenSSL reads and writes through.
struct Pipe {
  UniqueFd fd;
  bool ended = false;  // by the peer
};

// OpenSSL's own socket BIO would raise SIGPIPE when the peer has gone.
int WriteQuietly(BIO* bio, const char* data, int size) {
  const auto* pipe = static_cast<Pipe*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  return static_cast<int>(send(pipe->fd.get(), data, size, MSG_NOSIGNAL));
}

int ReadPipe(BIO* bio, char* data, int size) {
  auto* pipe = static_cast<Pipe*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t got = recv(pipe->fd.get(), data, size, 0);
  pipe->ended |= got == 0 || (got < 0 && errno == ECONNRESET);
  return static_cast<int>(got);
}

long Control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BioMethodPtr QuietSocket() {
  BioMethodPtr method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket"));
  BIO_meth_set_write(method.get(), &WriteQuietly);
  BIO_meth_set_read(method.get(), &ReadPipe);
  BIO_meth_set_ctrl(method.get(), &Control);
  return method;
}

absl::Status UseIdentity(const TlsIdentity& identity, SSL_CTX* context) {
  SPACEMOE_ASSIGN_OR_RETURN(const KeyPtr key, ParseKey(identity.key_pem));
  SPACEMOE_ASSIGN_OR_RETURN(const auto chain,
                            ParseCertificates(identity.certificate_pem));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return OpenSslError("cannot use the certificate");
  }
  for (size_t i = 1; i < chain.size(); ++i)
    SSL_CTX_add1_chain_cert(context, chain[i].get());
  return absl::OkStatus();
}

absl::StatusOr<SslContextPtr> MakeContext(const TlsIdentity* identity) {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return OpenSslError("cannot use TLS");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_alpn_protos(context.get(), kProtocols, sizeof(kProtocols));
  if (identity != nullptr)
    SPACEMOE_RETURN_IF_ERROR(UseIdentity(*identity, context.get()));
  return context;
}

// One attempt over a connected socket.
class Conversation {
 public:
  Conversation(const ProbeTarget& target, SSL_CTX* context, UniqueFd fd)
      : target_(target),
        pipe_{std::move(fd)},
        method_(QuietSocket()),
        ssl_(SSL_new(context)) {
    BIO* const bio = BIO_new(method_.get());
    BIO_set_data(bio, &pipe_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
  }

  absl::Status Run() {
    ERR_clear_error();
    const bool secure = SSL_connect(ssl_.get()) == 1;
    if (target_.identity == nullptr) return JudgeAsPlain(secure);
    if (!secure) return JudgeHandshake();
    SPACEMOE_RETURN_IF_ERROR(JudgeServer());
    return AwaitJudgement();
  }

 private:
  absl::Status JudgeAsPlain(bool secure) const {
    // An alert, too, is TLS.
    const bool alert = Reason().find("alert ") != std::string::npos;
    if (!secure && !alert) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "the server wants TLS; expected --tls-ca, --tls-cert and --tls-key on "
        "this side too");
  }

  // The handshake did not come to its end.
  absl::Status JudgeHandshake() const {
    const std::string reason = Reason();
    if (reason == "wrong version number" || reason == "http request" ||
        reason == "packet length too long") {
      return absl::FailedPreconditionError(
          "the server does not speak TLS, this side does");
    }
    if (reason.find("alert ") != reason.npos) return Refused();
    return pipe_.ended ? Nobody("the server ended the connection")
                       : absl::OkStatus();
  }

  // With TLS 1.3 a server judges this side after the handshake, and gRPC's end
  // the connection without an alert.
  absl::Status AwaitJudgement() {
    char byte;
    if (SSL_read(ssl_.get(), &byte, 1) == 1) return absl::OkStatus();
    const bool silence = Reason().empty() && !pipe_.ended;
    return silence ? absl::OkStatus() : Refused();
  }

  absl::Status Refused() const {
    const TlsIdentity& own = *target_.identity;
    SPACEMOE_ASSIGN_OR_RETURN(const CertificateFacts facts,
                              ReadCertificate(own.certificate_pem));
    const absl::Status valid = CheckValidity(facts, absl::Now());
    return absl::UnauthenticatedError(absl::StrCat(
        "the server refuses this side's certificate (", ToUri(own.name), "), ",
        valid.ok() ? "its log says why"
                   : absl::StrCat("which ", std::string(valid.message()))));
  }

  static std::string Reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason == nullptr ? "" : reason;
  }

  absl::Status JudgeServer() const {
    const CertificatePtr shown(SSL_get1_peer_certificate(ssl_.get()));
    if (shown == nullptr)
      return absl::UnauthenticatedError("the server has no certificate");
    SPACEMOE_ASSIGN_OR_RETURN(const std::string pem,
                              CertificateToPem(shown.get()));
    const absl::Status issued =
        CheckIssuer(pem, target_.identity->ca_pem, absl::Now());
    if (!issued.ok()) {
      return absl::UnauthenticatedError(
          absl::StrCat("this side refuses the server's certificate (",
                       std::string(issued.message()), ")"));
    }
    return JudgeName(FactsOf(shown.get()));
  }

  absl::Status JudgeName(const CertificateFacts& facts) const {
    const NodeName expected{target_.identity->name.constellation,
                            target_.server};
    if (facts.name == expected) return absl::OkStatus();
    return absl::UnauthenticatedError(absl::StrCat(
        "this side refuses the server's certificate: expected ",
        ToUri(expected), ", found ",
        facts.name.has_value() ? ToUri(*facts.name) : "no such name"));
  }

  const ProbeTarget& target_;
  Pipe pipe_;
  const BioMethodPtr method_;
  const SslPtr ssl_;
};

}  // namespace

absl::Status ProbeServer(const ProbeTarget& target, absl::Duration patience) {
  SPACEMOE_ASSIGN_OR_RETURN(const AddressesPtr addresses, Resolve(target));
  SPACEMOE_ASSIGN_OR_RETURN(const SslContextPtr context,
                            MakeContext(target.identity));
  absl::Status last;
  for (const addrinfo* address = addresses.get(); address != nullptr;
       address = address->ai_next) {
    absl::StatusOr<UniqueFd> fd = Connect(*address, patience);
    last = fd.status();
    if (!fd.ok()) continue;
    return Conversation(target, context.get(), *std::move(fd)).Run();
  }
  return last;
}

}  // namespace spacemoe
