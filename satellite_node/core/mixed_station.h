// A gateway and a part of its layer's experts on one satellite.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_MIXED_STATION_H_
#define SPACEMOE_SATELLITE_NODE_CORE_MIXED_STATION_H_

#include "satellite_node/core/expert_station.h"
#include "satellite_node/core/gateway_station.h"
#include "satellite_node/core/station.h"

namespace spacemoe {

// One thing at a time: the experts' steps and the gateway's wait for each
// other, the experts' first, since a row is nearer to its end there.
class MixedStation final : public Station {
 public:
  // As GatewayStation's and ExpertStation's.
  MixedStation(const SatelliteOptions& options, GatewayRole* gateway,
               LayerCombiner* combiner, CopyChooser* copies,
               ExpertRole* experts, const Clock* clock, PacketSink* sink);

  void Accept(const Arrival& arrival) override;
  void Release(uint64_t sequence) override;
  int64_t NextStep() const override;
  absl::Status Step() override;

 private:
  GatewayStation gateway_;
  ExpertStation experts_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_MIXED_STATION_H_
