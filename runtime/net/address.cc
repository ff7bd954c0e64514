#include "runtime/net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/unique_fd.h"

namespace spacemoe {
namespace {

constexpr char kUnixPrefix[] = "unix:";
constexpr char kAbstractPrefix[] = "unix-abstract:";
constexpr size_t kMaxSocketName = sizeof(sockaddr_un::sun_path) - 1;

absl::Status BadAddress(const std::string& text, const char* reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("bad address \"", text, "\": ", reason,
                   "; expected host:port, unix:path or unix-abstract:name"));
}

absl::StatusOr<Address> ParseSocketName(const std::string& text,
                                        AddressKind kind, size_t prefix) {
  Address address{.kind = kind, .name = text.substr(prefix)};
  if (address.name.empty()) return BadAddress(text, "the socket has no name");
  if (address.name.size() > kMaxSocketName) {
    return BadAddress(text, "the socket's name is longer than 107 bytes");
  }
  return address;
}

absl::StatusOr<Address> ParseTcp(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return BadAddress(text, "there is no port");
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return BadAddress(text, "an IPv6 host must be in brackets");
  }
  if (host.empty()) return BadAddress(text, "the host is empty");
  uint32_t port = 0;
  if (!absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) {
    return BadAddress(text, "the port is not a number from 0 to 65535");
  }
  return Address{.host = host, .port = static_cast<uint16_t>(port)};
}

absl::Status CannotListen(const Address& address, int error_number) {
  return ErrnoStatus(absl::StrCat("cannot listen on ", address.ToString()),
                     error_number);
}

absl::Status TryBind(const Address& address, const sockaddr* where,
                     socklen_t size) {
  UniqueFd fd(socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return CannotListen(address, errno);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd.get(), where, size) != 0) return CannotListen(address, errno);
  if (listen(fd.get(), 1) != 0) return CannotListen(address, errno);
  return absl::OkStatus();
}

absl::Status ProbeTcp(const Address& address) {
  const addrinfo hints{.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                       .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const int error = getaddrinfo(
      address.host.c_str(), absl::StrCat(address.port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot listen on ", address.ToString(), ": ", gai_strerror(error)));
  }
  absl::Status status = TryBind(address, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  return status;
}

// A stale file is the server's to replace; one that answers is in use.
absl::Status ProbeSocketFile(const Address& address, const sockaddr_un& where,
                             socklen_t size) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return CannotListen(address, errno);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&where), size) == 0) {
    return CannotListen(address, EADDRINUSE);
  }
  struct stat file;
  if (stat(address.name.c_str(), &file) == 0 && !S_ISSOCK(file.st_mode)) {
    return CannotListen(address, EADDRINUSE);
  }
  return absl::OkStatus();
}

absl::Status ProbeUnix(const Address& address) {
  sockaddr_un where{.sun_family = AF_UNIX};
  const bool abstract = address.kind == AddressKind::kUnixAbstract;
  std::memcpy(where.sun_path + abstract, address.name.data(),
              address.name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 +
                                           address.name.size());
  if (!abstract) return ProbeSocketFile(address, where, size);
  return TryBind(address, reinterpret_cast<const sockaddr*>(&where), size);
}

}  // namespace

std::string Address::ToString() const {
  if (kind == AddressKind::kUnix) return absl::StrCat(kUnixPrefix, name);
  if (kind == AddressKind::kUnixAbstract)
    return absl::StrCat(kAbstractPrefix, name);
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? absl::StrCat("[", host, "]:", port)
            : absl::StrCat(host, ":", port);
}

absl::StatusOr<Address> ParseAddress(const std::string& text) {
  if (absl::StartsWith(text, kAbstractPrefix)) {
    return ParseSocketName(text, AddressKind::kUnixAbstract,
                           sizeof(kAbstractPrefix) - 1);
  }
  if (absl::StartsWith(text, kUnixPrefix)) {
    return ParseSocketName(text, AddressKind::kUnix, sizeof(kUnixPrefix) - 1);
  }
  return ParseTcp(text);
}

std::string CheckTcpAddress(const std::string& text) {
  const auto address = ParseAddress(text);
  if (!address.ok()) return std::string(address.status().message());
  return address->kind == AddressKind::kTcp ? "" : "expected HOST:PORT";
}

bool IsLocal(const Address& address) {
  if (address.kind != AddressKind::kTcp || address.host == "localhost")
    return true;
  unsigned char bytes[sizeof(in6_addr)];
  if (inet_pton(AF_INET, address.host.c_str(), bytes) == 1)
    return bytes[0] == 127;
  return inet_pton(AF_INET6, address.host.c_str(), bytes) == 1 &&
         IN6_IS_ADDR_LOOPBACK(reinterpret_cast<const in6_addr*>(bytes));
}

absl::Status ProbeListen(const Address& address) {
  return address.kind == AddressKind::kTcp ? ProbeTcp(address)
                                           : ProbeUnix(address);
}

}  // namespace spacemoe
