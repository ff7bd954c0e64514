#include "satellite_node/core/mixed_station.h"

#include <algorithm>

#include "runtime/base/status_macros.h"

namespace spacemoe {

MixedStation::MixedStation(const SatelliteOptions& options,
                           GatewayRole* gateway, LayerCombiner* combiner,
                           CopyChooser* copies, ExpertRole* experts,
                           const Clock* clock, PacketSink* sink)
    : gateway_(options, gateway, combiner, clock, sink, copies),
      experts_(options, experts, clock, sink) {}

void MixedStation::Accept(const Arrival& arrival) {
  if (arrival.packet->kind == PacketKind::kDispatch) {
    experts_.Accept(arrival);
  } else {
    gateway_.Accept(arrival);
  }
}

void MixedStation::Release(uint64_t sequence) {
  gateway_.Release(sequence);
  experts_.Release(sequence);
}

int64_t MixedStation::NextStep() const {
  return std::min(gateway_.NextStep(), experts_.NextStep());
}

absl::Status MixedStation::Step() {
  if (experts_.NextStep() != kNever) {
    SPACEMOE_RETURN_IF_ERROR(experts_.Step());
    gateway_.StayBusyUntil(experts_.free_ns());
  } else {
    SPACEMOE_RETURN_IF_ERROR(gateway_.Step());
    experts_.StayBusyUntil(gateway_.free_ns());
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
