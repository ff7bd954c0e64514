#include "satellite_node/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/unique_fd.h"
#include "runtime/net/address.h"

namespace spacemoe {
namespace {

// Containers may share a network but not process ids.
absl::StatusOr<std::string> UniqueSocketName() {
  uint64_t random = 0;
  if (getrandom(&random, sizeof(random), 0) != sizeof(random)) {
    return ErrnoStatus("getrandom", errno);
  }
  return absl::StrCat("unix-abstract:spacemoe-satellite-", getpid(), "-",
                      absl::Hex(random, absl::kZeroPad16));
}

bool IsAnyInterface(const std::string& host) {
  return host == "0.0.0.0" || host == "::";
}

// The source address that the kernel chooses for packets to `target`.
// Connecting a datagram socket sends nothing.
absl::StatusOr<std::string> SourceAddressTowards(const addrinfo& target) {
  UniqueFd fd(socket(target.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage local;
  socklen_t size = sizeof(local);
  if (!fd.valid() ||
      connect(fd.get(), target.ai_addr, target.ai_addrlen) != 0 ||
      getsockname(fd.get(), reinterpret_cast<sockaddr*>(&local), &size) != 0) {
    return ErrnoStatus("no interface reaches the coordinator", errno);
  }
  char host[NI_MAXHOST];
  const int error = getnameinfo(reinterpret_cast<sockaddr*>(&local), size, host,
                                sizeof(host), nullptr, 0, NI_NUMERICHOST);
  if (error != 0) return absl::InternalError(gai_strerror(error));
  return std::string(host);
}

absl::StatusOr<std::string> OwnHostTowards(const Address& peer) {
  const addrinfo hints{.ai_socktype = SOCK_DGRAM};
  addrinfo* found = nullptr;
  const std::string port = absl::StrCat(peer.port);
  const int error =
      getaddrinfo(peer.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("no such host: ", peer.host, ": ", gai_strerror(error)));
  }
  absl::StatusOr<std::string> host = SourceAddressTowards(*found);
  freeaddrinfo(found);
  return host;
}

}  // namespace

absl::StatusOr<std::string> DefaultListenAddress(
    const std::string& coordinator) {
  SPACEMOE_ASSIGN_OR_RETURN(const Address address, ParseAddress(coordinator));
  if (address.kind != AddressKind::kTcp) return UniqueSocketName();
  return std::string(IsLocal(address) ? "127.0.0.1:0" : "0.0.0.0:0");
}

absl::StatusOr<std::string> AdvertisedAddress(const std::string& bound,
                                              const std::string& host,
                                              const std::string& coordinator) {
  SPACEMOE_ASSIGN_OR_RETURN(Address address, ParseAddress(bound));
  if (address.kind != AddressKind::kTcp) return bound;
  if (!host.empty()) {
    address.host = host;
    return address.ToString();
  }
  SPACEMOE_ASSIGN_OR_RETURN(const Address peer, ParseAddress(coordinator));
  if (!IsAnyInterface(address.host) || peer.kind != AddressKind::kTcp)
    return bound;
  SPACEMOE_ASSIGN_OR_RETURN(address.host, OwnHostTowards(peer));
  return address.ToString();
}

}  // namespace spacemoe
