// The folder that `spacemoe certs` makes:
//
//   ca.pem, ca.key                 the authority; the key stays here
//   NODE/ca.pem, cert.pem, key.pem  what one node needs
#ifndef SPACEMOE_CLI_CERTS_KEY_FOLDER_H_
#define SPACEMOE_CLI_CERTS_KEY_FOLDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/tls/node_name.h"

namespace spacemoe {

struct NodeKeys {
  std::string folder;  // its name
  NodeRole role = NodeRole::kSatellite;
  std::vector<std::string> hosts;  // DNS names and IP addresses
};

// "NAME" or "ROLE:NAME", a satellite's unless said otherwise; NAME is its host,
// too. INVALID_ARGUMENT for a name that is no host or no folder.
absl::StatusOr<NodeKeys> ParseNode(const std::string& text);

// What a cluster needs at least: coordinator, satellite and client.
std::vector<NodeKeys> DefaultNodes();

struct KeyFolderOptions {
  std::string folder;
  std::string constellation;  // empty: that of the folder, or "spacemoe"
  std::vector<NodeKeys> nodes;
  absl::Duration lifetime;  // of nodes; the authority lives ten years
  bool add = false;         // make only what is missing
  bool force = false;       // replace what is there
};

// Names of the nodes that got keys. ALREADY_EXISTS, before anything is written,
// for what is there already unless `add` or `force` is set; with both, the
// authority stays and the nodes are replaced. Private keys are readable by
// their owner only. A folder that was left half made is completed by `add`.
absl::StatusOr<std::vector<std::string>> MakeKeys(
    const KeyFolderOptions& options, absl::Time now);

struct KeyReport {
  std::string file;  // below the folder
  std::string name;  // "spacemoe://demo/satellite", or what it has instead
  absl::Time expires;
  absl::Status status;  // OK: good; else what is wrong with it
};

// All certificates of a folder, in the order of their paths. NOT_FOUND without
// an authority.
absl::StatusOr<std::vector<KeyReport>> CheckKeys(const std::string& folder,
                                                 absl::Time now);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_CERTS_KEY_FOLDER_H_
