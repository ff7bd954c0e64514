// Assignments for tests: one satellite a layer, each with all of its layer.
#ifndef SPACEMOE_TESTS_SATELLITE_NODE_TEST_ASSIGNMENT_H_
#define SPACEMOE_TESTS_SATELLITE_NODE_TEST_ASSIGNMENT_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/clock.h"
#include "spacemoe/v1/membership.pb.h"

namespace spacemoe {

inline constexpr uint32_t kTestLayers = 3;
inline constexpr uint32_t kTestExperts = 8;

// Layer l of the Mixtral fixture on satellite 10 + l; the head on the first.
inline v1::Assignment TestAssignment(uint32_t layer) {
  v1::Assignment proto;
  proto.set_index(layer);
  proto.set_satellite(10 + layer);
  proto.set_model_path(absl::StrCat(SPACEMOE_TESTDATA, "/models/mixtral"));
  proto.set_layers(kTestLayers);
  proto.set_hidden_size(64);
  proto.set_layer(layer);
  proto.set_gateway(true);
  proto.set_head(layer == 0);
  for (uint32_t expert = 0; expert < kTestExperts; ++expert) {
    proto.add_experts(expert);
    v1::ExpertHome* home = proto.add_expert_homes();
    home->set_expert(expert);
    home->set_satellite(10 + layer);
  }
  const uint32_t next = 10 + (layer + 1) % kTestLayers;
  proto.set_next_satellite(next);
  proto.set_first_gateway(10);
  v1::Peer* peer = proto.add_peers();
  peer->set_satellite(next);
  peer->set_address(absl::StrCat("fake-", next));
  proto.set_time_scale(1);
  proto.set_epoch_ns(MonotonicNanos());
  proto.set_kernel("native");
  proto.set_role_name(absl::StrCat("layer ", layer, " gateway"));
  return proto;
}

inline std::string TestConstellationJson() {
  return R"({"name":"test","shells":[{"planes":8,"satellites_per_plane":12,)"
         R"("altitude_km":1200,"inclination_deg":60,"pattern":"delta","phasing":1}]})";
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_SATELLITE_NODE_TEST_ASSIGNMENT_H_
