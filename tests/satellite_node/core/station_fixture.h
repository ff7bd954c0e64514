// What the tests of single stations share.
#ifndef SPACEMOE_TESTS_SATELLITE_NODE_CORE_STATION_FIXTURE_H_
#define SPACEMOE_TESTS_SATELLITE_NODE_CORE_STATION_FIXTURE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "satellite_node/core/satellite.h"
#include "satellite_node/core/station.h"
#include "tests/satellite_node/core/fake_roles.h"

namespace spacemoe::testing {

class CapturingSink final : public PacketSink {
 public:
  absl::Status Emit(Packet packet) override {
    packets.push_back(std::move(packet));
    return absl::OkStatus();
  }
  std::vector<Packet> packets;
};

class CapturingListener final : public SatelliteListener {
 public:
  void OnTokens(absl::Span<const TokenRecord> records) override {
    tokens.insert(tokens.end(), records.begin(), records.end());
  }
  void OnLogits(LogitsRecord record) override {
    logits.push_back(std::move(record));
  }
  void OnFault(const absl::Status& status) override { fault = status; }
  std::vector<TokenRecord> tokens;
  std::vector<LogitsRecord> logits;
  absl::Status fault;
};

// Of the gateway of one of three layers, each expert on a satellite of its own.
// A row of the fake gateway takes 1,000 ns, of an expert 500.
inline SatelliteOptions StationOptions(uint32_t layer) {
  SatelliteOptions options;
  options.satellite = 5;
  options.layers = 3;
  options.layer = layer;
  options.next_satellite = 50;
  for (uint32_t e = 0; e < kExperts; ++e) options.expert_homes[e] = 100 + e;
  options.modelled_flops = 1e9;
  return options;
}

// One hidden state that took 400 ns from 400 ns before it is due.
inline Packet HiddenPacket(uint64_t sequence, uint32_t position, int64_t due) {
  Packet packet;
  packet.kind = PacketKind::kResidual;
  packet.width = kHidden;
  packet.link.departure_ns = due - 400;
  packet.link.due_ns = due;
  packet.link.propagation_ns = 400;
  RowHeader row;
  row.sequence = sequence;
  row.position = position;
  packet.rows = {row};
  packet.values = {0.1f, 0.2f, 0.3f, 0.4f};
  return packet;
}

}  // namespace spacemoe::testing

#endif  // SPACEMOE_TESTS_SATELLITE_NODE_CORE_STATION_FIXTURE_H_
