// Where a service listens: "host:port", "unix:path" or "unix-abstract:name".
#ifndef SPACEMOE_RUNTIME_NET_ADDRESS_H_
#define SPACEMOE_RUNTIME_NET_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

enum class AddressKind { kTcp, kUnix, kUnixAbstract };

struct Address {
  AddressKind kind = AddressKind::kTcp;
  std::string host;  // kTcp, without brackets
  uint16_t port = 0;
  std::string name;  // of the socket: a path, or an abstract name

  // As gRPC and people spell it; IPv6 hosts are bracketed.
  std::string ToString() const;
};

// INVALID_ARGUMENT with the three forms when `text` is none of them, or when a
// socket's name is longer than the kernel takes (107 bytes).
absl::StatusOr<Address> ParseAddress(const std::string& text);

// For command lines: what is wrong with `text` as HOST:PORT, empty if nothing.
std::string CheckTcpAddress(const std::string& text);

// Whether only processes of this machine can reach it: a unix socket, or a
// loopback address (127.0.0.0/8, ::1, "localhost").
bool IsLocal(const Address& address);

// Tries to bind a plain socket: why a server can't listen there (the address
// in use: ALREADY_EXISTS, no such host, no permission), or OK. A live socket
// file counts as in use. Nothing stays bound.
absl::Status ProbeListen(const Address& address);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_NET_ADDRESS_H_
