#include "runtime/tls/node_name.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::string_view kScheme = "spacemoe://";
constexpr NodeRole kRoles[] = {NodeRole::kCoordinator, NodeRole::kSatellite,
                               NodeRole::kClient, NodeRole::kAuthority};

bool IsLabelCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

absl::Status Unexpected(std::string_view expected, std::string_view found) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", std::string(expected), ", found '",
                   std::string(found), "'"));
}

}  // namespace

std::string RoleText(NodeRole role) {
  switch (role) {
    case NodeRole::kCoordinator:
      return "coordinator";
    case NodeRole::kSatellite:
      return "satellite";
    case NodeRole::kClient:
      return "client";
    case NodeRole::kAuthority:
      break;
  }
  return "authority";
}

absl::StatusOr<NodeRole> ParseRole(std::string_view text) {
  for (NodeRole role : kRoles) {
    if (RoleText(role) == text) return role;
  }
  return Unexpected("coordinator, satellite, client or authority", text);
}

std::string ToUri(const NodeName& name) {
  return absl::StrCat(std::string(kScheme), name.constellation, "/",
                      RoleText(name.role));
}

absl::StatusOr<NodeName> ParseNodeUri(std::string_view uri) {
  std::string_view rest = uri;
  const size_t slash = uri.rfind('/');
  if (!uri.starts_with(kScheme) || slash < kScheme.size())
    return Unexpected("spacemoe://CONSTELLATION/ROLE", uri);
  rest.remove_suffix(uri.size() - slash);
  rest.remove_prefix(kScheme.size());
  SPACEMOE_RETURN_IF_ERROR(CheckConstellationName(rest));
  NodeName name{.constellation = std::string(rest)};
  SPACEMOE_ASSIGN_OR_RETURN(name.role, ParseRole(uri.substr(slash + 1)));
  return name;
}

std::string ServerNameOf(const NodeName& name) {
  return absl::StrCat(RoleText(name.role), ".", name.constellation,
                      ".spacemoe.internal");
}

absl::Status CheckConstellationName(std::string_view name) {
  const bool valid = !name.empty() && name.size() <= 63 &&
                     name.front() != '-' && name.back() != '-' &&
                     std::all_of(name.begin(), name.end(), IsLabelCharacter);
  if (valid) return absl::OkStatus();
  return Unexpected(
      "a constellation's name of 1 to 63 of a-z, 0-9 and inner hyphens", name);
}

}  // namespace spacemoe
