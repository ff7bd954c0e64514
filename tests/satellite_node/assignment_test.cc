#include "satellite_node/assignment.h"

#include <cmath>
#include <functional>

#include "gtest/gtest.h"
#include "tests/satellite_node/test_assignment.h"

namespace spacemoe {
namespace {

TEST(Assignment, ReadsEveryField) {
  v1::Assignment proto = TestAssignment(1);
  proto.set_start_time_s(30);
  proto.set_time_scale(0.5);
  proto.set_modelled_flops(1e9);
  proto.set_kernel("aten");
  proto.set_kv_bytes_limit(77);
  const auto assignment = FromProto(proto);
  ASSERT_TRUE(assignment.ok()) << assignment.status();
  EXPECT_EQ(assignment->options.satellite, 11u);
  EXPECT_EQ(assignment->options.layer, 1u);
  EXPECT_EQ(assignment->options.layers, kTestLayers);
  EXPECT_EQ(assignment->options.next_satellite, 12u);
  EXPECT_EQ(assignment->options.first_gateway, 10u);
  EXPECT_EQ(assignment->options.expert_homes.at(7), 11u);
  EXPECT_EQ(assignment->options.modelled_flops, 1e9);
  EXPECT_EQ(assignment->experts.size(), kTestExperts);
  EXPECT_EQ(assignment->peers[0].satellite, 12u);
  EXPECT_EQ(assignment->start_time_s, 30);
  EXPECT_EQ(assignment->time_scale, 0.5);
  EXPECT_EQ(assignment->kv_bytes_limit, 77);
  EXPECT_TRUE(assignment->aten_kernel);
  EXPECT_TRUE(assignment->gateway);
  EXPECT_FALSE(assignment->head);
  EXPECT_FALSE(assignment->constellation.has_value());
}

TEST(Assignment, ReadsTheConstellation) {
  v1::Assignment proto = TestAssignment(0);
  proto.set_links(true);
  proto.set_constellation_json(TestConstellationJson());
  const auto assignment = FromProto(proto);
  ASSERT_TRUE(assignment.ok()) << assignment.status();
  EXPECT_EQ(assignment->constellation->satellite_count(), 96);
}

TEST(Assignment, ReadsCopiesOfExperts) {
  v1::Assignment proto = TestAssignment(1);
  EXPECT_TRUE(FromProto(proto)->expert_copies.empty());
  v1::ExpertHome* const copy = proto.add_expert_homes();
  copy->set_expert(5);
  copy->set_satellite(12);
  proto.set_expert_seconds(0.25);
  const auto assignment = FromProto(proto);
  ASSERT_TRUE(assignment.ok()) << assignment.status();
  ASSERT_EQ(assignment->expert_copies.size(), kTestExperts);
  EXPECT_EQ(assignment->expert_copies[4], std::vector<uint32_t>({11}));
  EXPECT_EQ(assignment->expert_copies[5], std::vector<uint32_t>({11, 12}));
  EXPECT_EQ(assignment->options.expert_homes.at(5), 11u);
  EXPECT_EQ(assignment->expert_seconds, 0.25);
}

struct BadCase {
  const char* expected;
  std::function<void(v1::Assignment*)> spoil;
};

class BadAssignment : public testing::TestWithParam<BadCase> {};

TEST_P(BadAssignment, IsRefusedWithTheField) {
  v1::Assignment proto = TestAssignment(1);
  GetParam().spoil(&proto);
  const auto assignment = FromProto(proto);
  ASSERT_EQ(assignment.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(assignment.status().message().find(GetParam().expected),
            std::string::npos)
      << assignment.status();
}

void LinkUp(v1::Assignment* proto) {
  proto->set_links(true);
  proto->set_constellation_json(TestConstellationJson());
}

INSTANTIATE_TEST_SUITE_P(
    All, BadAssignment,
    testing::Values(
        BadCase{"layers is 0", [](auto* a) { a->set_layers(0); }},
        BadCase{"layer is 3, expected 0 to 2",
                [](auto* a) { a->set_layer(3); }},
        BadCase{"layer is unset", [](auto* a) { a->clear_layer(); }},
        BadCase{"no role",
                [](auto* a) {
                  a->set_gateway(false);
                  a->clear_experts();
                }},
        BadCase{"time_scale is 0", [](auto* a) { a->set_time_scale(0); }},
        BadCase{"time_scale is nan", [](auto* a) { a->set_time_scale(NAN); }},
        BadCase{"modelled_flops", [](auto* a) { a->set_modelled_flops(-1); }},
        BadCase{"kernel is 'magic'", [](auto* a) { a->set_kernel("magic"); }},
        BadCase{"satellite is 96 of 96",
                [](auto* a) {
                  LinkUp(a);
                  a->set_satellite(96);
                }},
        BadCase{"peer is satellite 99 of 96",
                [](auto* a) {
                  LinkUp(a);
                  a->mutable_peers(0)->set_satellite(99);
                }},
        BadCase{"expert 3 is on satellite 96 of 96",
                [](auto* a) {
                  LinkUp(a);
                  a->mutable_expert_homes(3)->set_satellite(96);
                }},
        BadCase{"next_satellite is 97 of 96",
                [](auto* a) {
                  LinkUp(a);
                  a->set_next_satellite(97);
                }},
        BadCase{"expert_seconds is -1",
                [](auto* a) { a->set_expert_seconds(-1); }},
        BadCase{"expert 9 of 8 has copies",
                [](auto* a) {
                  a->mutable_expert_homes(7)->set_expert(9);
                  *a->add_expert_homes() = a->expert_homes(0);
                }},
        BadCase{"assignment", [](auto* a) {
                  LinkUp(a);
                  a->set_constellation_json("{");
                }}));

}  // namespace
}  // namespace spacemoe
