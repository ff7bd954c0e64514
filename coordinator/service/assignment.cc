#include "coordinator/service/assignment.h"

#include <algorithm>

#include "placement/constellation_file.h"

namespace spacemoe {
namespace {

int IndexOf(const Plan& plan, int satellite) {
  const auto it = std::find_if(plan.satellites.begin(), plan.satellites.end(),
                               [satellite](const SatelliteRoles& roles) {
                                 return roles.satellite == satellite;
                               });
  return static_cast<int>(it - plan.satellites.begin());
}

void SetRoles(const Plan& plan, const SatelliteRoles& roles,
              v1::Assignment* assignment) {
  assignment->set_satellite(roles.satellite);
  assignment->set_role_name(RoleName(roles));
  assignment->set_gateway(roles.gateway);
  assignment->set_head(roles.head);
  assignment->mutable_experts()->Add(roles.experts.begin(),
                                     roles.experts.end());
  if (roles.layer < 0) return;
  assignment->set_layer(roles.layer);
  assignment->set_next_satellite(plan.placement().Successor(roles.layer));
}

void SetHomes(const Plan& plan, const SatelliteRoles& roles,
              v1::Assignment* assignment) {
  if (!roles.gateway) return;
  const auto& homes = plan.placement().experts[roles.layer];
  for (size_t expert = 0; expert < homes.size(); ++expert) {
    for (int satellite : homes[expert]) {
      v1::ExpertHome* const home = assignment->add_expert_homes();
      home->set_expert(expert);
      home->set_satellite(satellite);
    }
  }
  const LayerShape& layer = plan.problem.model.layers[roles.layer];
  assignment->set_expert_seconds(ComputeSeconds(layer.expert, plan.solve));
}

void SetPeers(const Plan& plan, const SatelliteRoles& roles,
              const Roster& roster, v1::Assignment* assignment) {
  for (int satellite : PeersOf(plan, roles)) {
    v1::Peer* const peer = assignment->add_peers();
    peer->set_satellite(satellite);
    peer->set_address(roster.addresses[IndexOf(plan, satellite)]);
  }
}

void SetEmulation(const Plan& plan, const RunSettings& settings,
                  const Roster& roster, v1::Assignment* assignment) {
  assignment->set_constellation_json(
      ConstellationToJson(plan.constellation.spec()));
  assignment->set_shell(plan.constellation.shell_index());
  assignment->set_start_time_s(plan.options.epoch_offset_s);
  assignment->set_links(settings.links);
  assignment->set_epoch_ns(roster.epoch_ns);
  assignment->set_time_scale(settings.time_scale);
  assignment->set_modelled_flops(plan.options.modelled_flops);
}

}  // namespace

int64_t KvBytesLimit(const Plan& plan, const SatelliteRoles& roles) {
  if (!plan.options.memory_bytes.has_value() || !roles.gateway) return 0;
  const int64_t rest =
      *plan.options.memory_bytes - BytesOf(roles, plan.problem.model);
  return std::max<int64_t>(rest, 1);
}

v1::Assignment AssignmentFor(const Plan& plan, const RunSettings& settings,
                             int index, const Roster& roster) {
  const SatelliteRoles& roles = plan.satellites[index];
  v1::Assignment assignment;
  assignment.set_index(index);
  assignment.set_model_path(settings.model_path);
  assignment.set_model_hash(settings.model_hash);
  assignment.set_clock_id(settings.clock_id);
  assignment.set_layers(settings.layers);
  assignment.set_hidden_size(settings.hidden_size);
  SetRoles(plan, roles, &assignment);
  SetHomes(plan, roles, &assignment);
  assignment.set_first_gateway(plan.placement().gateways.front());
  SetPeers(plan, roles, roster, &assignment);
  SetEmulation(plan, settings, roster, &assignment);
  assignment.set_bfloat16(plan.options.bfloat16);
  assignment.set_kernel(settings.kernel);
  assignment.set_trace(settings.trace);
  assignment.set_kv_bytes_limit(KvBytesLimit(plan, roles));
  return assignment;
}

v1::TraceHeader TraceHeaderOf(const Plan& plan, const RunSettings& settings) {
  v1::TraceHeader header;
  header.set_layers(settings.layers);
  header.set_time_scale(settings.time_scale);
  for (int i = 0; i < plan.size(); ++i) {
    const SatelliteRoles& roles = plan.satellites[i];
    v1::TraceSatellite* const satellite = header.add_satellites();
    satellite->set_index(i);
    satellite->set_satellite(roles.satellite);
    satellite->set_role_name(RoleName(roles));
    if (roles.layer >= 0) satellite->set_layer(roles.layer);
    satellite->set_gateway(roles.gateway);
    satellite->set_head(roles.head);
    satellite->mutable_experts()->Add(roles.experts.begin(),
                                      roles.experts.end());
  }
  return header;
}

}  // namespace spacemoe
