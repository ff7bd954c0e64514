#include "cli/certs/key_folder.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/certs/key_files.h"
#include "runtime/base/read_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/tls/authority.h"
#include "runtime/tls/certificate.h"

namespace spacemoe {
namespace {

namespace fs = std::filesystem;

constexpr char kAuthorityCertificate[] = "ca.pem";
constexpr char kAuthorityKey[] = "ca.key";
constexpr char kNodeCertificate[] = "cert.pem";
constexpr char kNodeKey[] = "key.pem";
constexpr char kDefaultConstellation[] = "spacemoe";
constexpr absl::Duration kAuthorityLifetime = absl::Hours(24 * 3650);

bool HasBoth(const fs::path& first, const fs::path& second) {
  return fs::exists(first) && fs::exists(second);
}

bool HasAuthority(const fs::path& folder) {
  return HasBoth(folder / kAuthorityCertificate, folder / kAuthorityKey);
}

bool HasNode(const fs::path& folder) {
  return HasBoth(folder / kNodeCertificate, folder / kNodeKey) &&
         fs::exists(folder / kAuthorityCertificate);
}

bool IsFolderName(const std::string& name) {
  return !name.empty() && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' ||
                  c == ':';
         });
}

absl::Status MakeFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "cannot make the folder ", path.string(), ": ", error.message()));
}

absl::Status CheckNothingIsThere(const KeyFolderOptions& options) {
  if (options.add || options.force) return absl::OkStatus();
  const fs::path folder = options.folder;
  std::vector<std::string> found;
  if (fs::exists(folder / kAuthorityCertificate) ||
      fs::exists(folder / kAuthorityKey)) {
    found.push_back(kAuthorityCertificate);
  }
  for (const NodeKeys& node : options.nodes) {
    if (fs::exists(folder / node.folder / kNodeKey))
      found.push_back(node.folder);
  }
  if (found.empty()) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      options.folder, " has keys already: ", absl::StrJoin(found, ", "),
      "; expected --add to make what is missing, or --force to replace"));
}

absl::StatusOr<Authority> OpenAuthority(const fs::path& folder) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string certificate,
                            ReadFile(folder / kAuthorityCertificate));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string key,
                            ReadFile(folder / kAuthorityKey));
  absl::StatusOr<Authority> authority = Authority::Load(certificate, key);
  if (authority.ok()) return authority;
  return absl::Status(
      authority.status().code(),
      absl::StrCat((folder / kAuthorityCertificate).string(), ": ",
                   std::string(authority.status().message())));
}

absl::StatusOr<Authority> NewAuthority(const KeyFolderOptions& options,
                                       absl::Time now) {
  const std::string constellation = options.constellation.empty()
                                        ? kDefaultConstellation
                                        : options.constellation;
  SPACEMOE_ASSIGN_OR_RETURN(
      Authority authority,
      Authority::Create(constellation,
                        std::max(kAuthorityLifetime, options.lifetime), now));
  SPACEMOE_ASSIGN_OR_RETURN(const Authority::Issued pem, authority.ToPem());
  const fs::path folder = options.folder;
  SPACEMOE_RETURN_IF_ERROR(
      WriteKeyFile(folder / kAuthorityKey, pem.key_pem, true));
  SPACEMOE_RETURN_IF_ERROR(
      WriteKeyFile(folder / kAuthorityCertificate, pem.certificate_pem, false));
  return authority;
}

// Nodes that have certificates would not trust a new authority's.
absl::Status CheckAuthorityKey(const fs::path& folder) {
  if (!fs::exists(folder / kAuthorityCertificate) ||
      fs::exists(folder / kAuthorityKey)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(folder.string(),
                   " has an authority (ca.pem), but not its key: expected "
                   "ca.key beside it"));
}

absl::StatusOr<Authority> AuthorityFor(const KeyFolderOptions& options,
                                       absl::Time now) {
  if (options.add) SPACEMOE_RETURN_IF_ERROR(CheckAuthorityKey(options.folder));
  if (!options.add || !HasAuthority(options.folder))
    return NewAuthority(options, now);
  SPACEMOE_ASSIGN_OR_RETURN(Authority authority, OpenAuthority(options.folder));
  if (!options.constellation.empty() &&
      options.constellation != authority.constellation()) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.folder, " belongs to the constellation '",
        authority.constellation(), "', not to '", options.constellation, "'"));
  }
  return authority;
}

absl::Status MakeNode(const Authority& authority, const NodeKeys& node,
                      const KeyFolderOptions& options, absl::Time now) {
  SPACEMOE_ASSIGN_OR_RETURN(const Authority::Issued issued,
                            authority.Issue({.role = node.role,
                                             .common_name = node.folder,
                                             .hosts = node.hosts,
                                             .lifetime = options.lifetime},
                                            now));
  SPACEMOE_ASSIGN_OR_RETURN(const Authority::Issued ca, authority.ToPem());
  const fs::path folder = fs::path(options.folder) / node.folder;
  SPACEMOE_RETURN_IF_ERROR(MakeFolder(folder));
  SPACEMOE_RETURN_IF_ERROR(
      WriteKeyFile(folder / kNodeKey, issued.key_pem, true));
  SPACEMOE_RETURN_IF_ERROR(
      WriteKeyFile(folder / kAuthorityCertificate, ca.certificate_pem, false));
  return WriteKeyFile(folder / kNodeCertificate, issued.certificate_pem, false);
}

absl::Status CheckPair(const std::string& pem, const fs::path& key_path) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string key_pem, ReadFile(key_path));
  return CheckKeyOf(pem, key_pem);
}

KeyReport ReportOn(const fs::path& folder, const fs::path& file,
                   const fs::path& key, const std::string& ca_pem,
                   absl::Time now) {
  KeyReport report{.file = fs::relative(file, folder).string()};
  const auto pem = ReadFile(file);
  const auto facts = pem.ok() ? ReadCertificate(*pem)
                              : absl::StatusOr<CertificateFacts>(pem.status());
  if (!facts.ok()) {
    report.status = facts.status();
    return report;
  }
  report.name = facts->name.has_value() ? ToUri(*facts->name) : facts->subject;
  report.expires = facts->not_after;
  report.status = CheckValidity(*facts, now);
  report.status.Update(CheckIssuer(*pem, ca_pem, now));
  report.status.Update(CheckPair(*pem, key));
  return report;
}

}  // namespace

absl::StatusOr<NodeKeys> ParseNode(const std::string& text) {
  NodeKeys node{.folder = text};
  const size_t colon = text.find(':');
  const auto role = ParseRole(text.substr(0, colon));
  if (colon != text.npos && role.ok()) {
    node.role = *role;
    node.folder = text.substr(colon + 1);
  }
  if (!IsFolderName(node.folder) || node.role == NodeRole::kAuthority) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected NAME or ROLE:NAME with a role of coordinator, satellite or "
        "client and a host's name or address, found '",
        text, "'"));
  }
  node.hosts = {node.folder};
  return node;
}

std::vector<NodeKeys> DefaultNodes() {
  return {{"coordinator", NodeRole::kCoordinator, {"coordinator", "localhost"}},
          {"satellite", NodeRole::kSatellite, {}},
          {"client", NodeRole::kClient, {}}};
}

absl::StatusOr<std::vector<std::string>> MakeKeys(
    const KeyFolderOptions& options, absl::Time now) {
  SPACEMOE_RETURN_IF_ERROR(CheckNothingIsThere(options));
  SPACEMOE_RETURN_IF_ERROR(MakeFolder(options.folder));
  SPACEMOE_ASSIGN_OR_RETURN(const Authority authority,
                            AuthorityFor(options, now));
  std::vector<std::string> made;
  for (const NodeKeys& node : options.nodes) {
    const bool keep =
        !options.force && HasNode(fs::path(options.folder) / node.folder);
    if (keep) continue;
    SPACEMOE_RETURN_IF_ERROR(MakeNode(authority, node, options, now));
    made.push_back(node.folder);
  }
  return made;
}

absl::StatusOr<std::vector<KeyReport>> CheckKeys(const std::string& text,
                                                 absl::Time now) {
  const fs::path folder = text;
  SPACEMOE_ASSIGN_OR_RETURN(const std::string ca_pem,
                            ReadFile(folder / kAuthorityCertificate));
  std::vector<KeyReport> reports = {
      ReportOn(folder, folder / kAuthorityCertificate, folder / kAuthorityKey,
               ca_pem, now)};
  std::vector<fs::path> nodes;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (fs::exists(entry.path() / kNodeCertificate))
      nodes.push_back(entry.path());
  }
  std::sort(nodes.begin(), nodes.end());
  for (const fs::path& node : nodes) {
    reports.push_back(ReportOn(folder, node / kNodeCertificate, node / kNodeKey,
                               ca_pem, now));
  }
  return reports;
}

}  // namespace spacemoe
