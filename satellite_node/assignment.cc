#include "satellite_node/assignment.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "placement/constellation_file.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status Bad(const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("assignment: ", what));
}

absl::Status CheckRole(const v1::Assignment& proto) {
  if (proto.layers() == 0) return Bad("layers is 0");
  const bool has_layer_role = proto.gateway() || proto.experts_size() > 0;
  if (!has_layer_role && !proto.head()) return Bad("no role");
  if (has_layer_role &&
      (!proto.has_layer() || proto.layer() >= proto.layers())) {
    return Bad(absl::StrCat(
        "layer is ", proto.has_layer() ? absl::StrCat(proto.layer()) : "unset",
        ", expected 0 to ", proto.layers() - 1));
  }
  return absl::OkStatus();
}

absl::Status CheckNumbers(const v1::Assignment& proto) {
  if (!(proto.time_scale() > 0) || !std::isfinite(proto.time_scale())) {
    return Bad(absl::StrCat("time_scale is ", proto.time_scale(),
                            ", expected more than 0"));
  }
  if (!(proto.modelled_flops() >= 0)) {
    return Bad(absl::StrCat("modelled_flops is ", proto.modelled_flops(),
                            ", expected at least 0"));
  }
  if (!(proto.expert_seconds() >= 0) ||
      !std::isfinite(proto.expert_seconds())) {
    return Bad(absl::StrCat("expert_seconds is ", proto.expert_seconds(),
                            ", expected at least 0"));
  }
  if (proto.kernel() != "native" && proto.kernel() != "aten") {
    return Bad(absl::StrCat("kernel is '", proto.kernel(),
                            "', expected native or aten"));
  }
  return absl::OkStatus();
}

SatelliteOptions ReadOptions(const v1::Assignment& proto) {
  SatelliteOptions options;
  options.satellite = proto.satellite();
  options.layers = proto.layers();
  options.layer = proto.layer();
  for (const v1::ExpertHome& home : proto.expert_homes()) {
    options.expert_homes.try_emplace(home.expert(), home.satellite());
  }
  options.next_satellite = proto.next_satellite();
  options.first_gateway = proto.first_gateway();
  options.bfloat16 = proto.bfloat16();
  options.modelled_flops = proto.modelled_flops();
  // Nothing is emulated: only the host's speed counts.
  options.one_batch = !proto.links() && proto.modelled_flops() == 0;
  return options;
}

// Where an expert has several satellites, those of all of them.
absl::Status ReadCopies(const v1::Assignment& proto,
                        NodeAssignment* assignment) {
  const size_t experts = assignment->options.expert_homes.size();
  if (proto.expert_homes_size() == static_cast<int>(experts)) {
    return absl::OkStatus();
  }
  assignment->expert_copies.resize(experts);
  for (const v1::ExpertHome& home : proto.expert_homes()) {
    if (home.expert() >= experts) {
      return Bad(absl::StrCat("expert ", home.expert(), " of ", experts,
                              " has copies, expected 0 to ", experts - 1));
    }
    assignment->expert_copies[home.expert()].push_back(home.satellite());
  }
  return absl::OkStatus();
}

absl::Status ReadConstellation(const v1::Assignment& proto,
                               NodeAssignment* assignment) {
  if (!proto.links()) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(
      ConstellationSpec spec,
      ParseConstellation(proto.constellation_json(), "assignment"));
  SPACEMOE_ASSIGN_OR_RETURN(
      Constellation constellation,
      Constellation::Create(std::move(spec), proto.shell()));
  const uint32_t count = constellation.satellite_count();
  if (proto.satellite() >= count) {
    return Bad(absl::StrCat("satellite is ", proto.satellite(), " of ", count));
  }
  for (const v1::Peer& peer : proto.peers()) {
    if (peer.satellite() < count) continue;
    return Bad(
        absl::StrCat("peer is satellite ", peer.satellite(), " of ", count));
  }
  for (const v1::ExpertHome& home : proto.expert_homes()) {
    if (home.satellite() < count) continue;
    return Bad(absl::StrCat("expert ", home.expert(), " is on satellite ",
                            home.satellite(), " of ", count));
  }
  if (proto.next_satellite() >= count) {
    return Bad(absl::StrCat("next_satellite is ", proto.next_satellite(),
                            " of ", count));
  }
  assignment->constellation = std::move(constellation);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NodeAssignment> FromProto(const v1::Assignment& proto) {
  SPACEMOE_RETURN_IF_ERROR(CheckRole(proto));
  SPACEMOE_RETURN_IF_ERROR(CheckNumbers(proto));
  NodeAssignment assignment;
  assignment.index = proto.index();
  assignment.role_name = proto.role_name();
  assignment.model_path = proto.model_path();
  assignment.model_hash = proto.model_hash();
  assignment.hidden_size = proto.hidden_size();
  assignment.options = ReadOptions(proto);
  assignment.gateway = proto.gateway();
  assignment.head = proto.head();
  assignment.experts.assign(proto.experts().begin(), proto.experts().end());
  std::sort(assignment.experts.begin(), assignment.experts.end());
  SPACEMOE_RETURN_IF_ERROR(ReadCopies(proto, &assignment));
  assignment.expert_seconds = proto.expert_seconds();
  for (const v1::Peer& peer : proto.peers()) {
    assignment.peers.push_back({peer.satellite(), peer.address()});
  }
  SPACEMOE_RETURN_IF_ERROR(ReadConstellation(proto, &assignment));
  assignment.start_time_s = proto.start_time_s();
  assignment.epoch_ns = proto.epoch_ns();
  assignment.clock_id = proto.clock_id();
  assignment.time_scale = proto.time_scale();
  assignment.aten_kernel = proto.kernel() == "aten";
  assignment.kv_bytes_limit = static_cast<int64_t>(proto.kv_bytes_limit());
  assignment.trace = proto.trace();
  return assignment;
}

}  // namespace spacemoe
