// Who a node is, as its certificate says.
#ifndef SPACEMOE_RUNTIME_TLS_NODE_NAME_H_
#define SPACEMOE_RUNTIME_TLS_NODE_NAME_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

enum class NodeRole { kCoordinator, kSatellite, kClient, kAuthority };

// "coordinator", "satellite", "client", "authority".
std::string RoleText(NodeRole role);
absl::StatusOr<NodeRole> ParseRole(std::string_view text);

// Of the certificate's URI "spacemoe://CONSTELLATION/ROLE".
struct NodeName {
  std::string constellation;  // those of one cluster share it
  NodeRole role = NodeRole::kSatellite;

  bool operator==(const NodeName&) const = default;
};

std::string ToUri(const NodeName& name);
// INVALID_ARGUMENT says what was expected and what was found.
absl::StatusOr<NodeName> ParseNodeUri(std::string_view uri);

// The host name that a server's certificate has beside its real ones, so that
// peers which connect to bare addresses know whom they reach:
// "satellite.NAME.spacemoe.internal".
std::string ServerNameOf(const NodeName& name);

// A constellation's name is a DNS label: 1 to 63 of a-z, 0-9 and inner hyphens.
absl::Status CheckConstellationName(std::string_view name);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TLS_NODE_NAME_H_
