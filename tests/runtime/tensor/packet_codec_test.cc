#include "runtime/tensor/packet_codec.h"

#include <bit>
#include <cmath>
#include <functional>

#include "gtest/gtest.h"
#include "tests/runtime/test_packet.h"

namespace spacemoe {
namespace {

v1::RingPacket Encoded(const Packet& packet) {
  v1::RingPacket wire;
  const absl::Status status = EncodePacket(packet, &wire);
  EXPECT_TRUE(status.ok()) << status;
  return wire;
}

void ExpectSameRow(const RowHeader& a, const RowHeader& b) {
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.position, b.position);
  EXPECT_EQ(a.attempt, b.attempt);
  EXPECT_EQ(a.capacity, b.capacity);
  EXPECT_EQ(a.cache_only, b.cache_only);
  EXPECT_EQ(a.prompt, b.prompt);
  EXPECT_EQ(a.spent, b.spent);
  EXPECT_EQ(a.experts, b.experts);
}

void ExpectSameStamp(const LinkStamp& a, const LinkStamp& b) {
  EXPECT_EQ(a.departure_ns, b.departure_ns);
  EXPECT_EQ(a.due_ns, b.due_ns);
  EXPECT_EQ(a.propagation_ns, b.propagation_ns);
  EXPECT_EQ(a.processing_ns, b.processing_ns);
  EXPECT_EQ(a.serialization_ns, b.serialization_ns);
  EXPECT_EQ(a.queueing_ns, b.queueing_ns);
  EXPECT_EQ(a.hops, b.hops);
}

void ExpectSame(const Packet& a, const Packet& b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.layer, b.layer);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.destination, b.destination);
  ExpectSameStamp(a.link, b.link);
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.vectors_per_row, b.vectors_per_row);
  EXPECT_EQ(a.has_shared, b.has_shared);
  EXPECT_EQ(a.combined, b.combined);
  EXPECT_EQ(a.sequences_in_flight, b.sequences_in_flight);
  EXPECT_EQ(a.bfloat16, b.bfloat16);
  EXPECT_EQ(a.values, b.values);
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (size_t i = 0; i < a.rows.size(); ++i)
    ExpectSameRow(a.rows[i], b.rows[i]);
}

TEST(PacketCodec, RoundTripsEveryField) {
  const Packet packet = TestPacket(3, 5);
  const auto decoded = DecodePacket(Encoded(packet));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ExpectSame(packet, *decoded);
}

TEST(PacketCodec, RoundTripsTwoVectorsARow) {
  Packet packet = TestPacket(2, 6);
  packet.kind = PacketKind::kResidual;
  packet.has_shared = true;
  packet.vectors_per_row = 2;
  packet.width = 3;
  for (RowHeader& row : packet.rows) {
    for (ExpertWeight& choice : row.experts) choice.weight = 0;
  }
  const auto decoded = DecodePacket(Encoded(packet));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ExpectSame(packet, *decoded);
}

TEST(PacketCodec, RoundTripsACombinedLayer) {
  Packet packet = TestPacket(2, 6);
  packet.kind = PacketKind::kResidual;
  packet.combined = true;
  for (RowHeader& row : packet.rows) row.experts.clear();
  const auto decoded = DecodePacket(Encoded(packet));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(decoded->combined);
  ExpectSame(packet, *decoded);
}

TEST(PacketCodec, RefusesVectorsThatItsFlagsDoNotExplain) {
  v1::RingPacket wire = Encoded(TestPacket(2, 6));
  wire.set_kind(v1::PACKET_KIND_OUTPUT);  // a row of two experts
  for (v1::RowHeader& row : *wire.mutable_rows()) row.clear_weights();
  EXPECT_EQ(DecodePacket(wire).status().code(),
            absl::StatusCode::kInvalidArgument);
  wire.set_kind(v1::PACKET_KIND_RESIDUAL);
  wire.set_combined(true);
  EXPECT_EQ(DecodePacket(wire).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(PacketCodec, Bfloat16IsExactAndTwoBytesAValue) {
  Packet packet = TestPacket(1, 7);
  packet.bfloat16 = true;
  packet.values = {0.0f, -0.0f, 1.5f, -3.25f, INFINITY, -INFINITY, 0x1p-133f};
  const v1::RingPacket wire = Encoded(packet);
  EXPECT_EQ(wire.values().size(), 14u);
  const auto decoded = DecodePacket(wire);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  for (size_t i = 0; i < packet.values.size(); ++i) {
    EXPECT_EQ(std::bit_cast<uint32_t>(packet.values[i]),
              std::bit_cast<uint32_t>(decoded->values[i]));
  }
}

TEST(PacketCodec, RefusesToRound) {
  Packet packet = TestPacket(1, 1);
  packet.bfloat16 = true;
  packet.values = {1.0f + 0x1p-20f};
  v1::RingPacket wire;
  EXPECT_EQ(EncodePacket(packet, &wire).code(), absl::StatusCode::kInternal);
}

TEST(PacketCodec, RefusesToEncodeWrongSizes) {
  Packet packet = TestPacket(2, 4);
  packet.values.pop_back();
  v1::RingPacket wire;
  EXPECT_EQ(EncodePacket(packet, &wire).code(), absl::StatusCode::kInternal);
}

struct BadCase {
  const char* expected;
  std::function<void(v1::RingPacket*)> spoil;
};

class BadPacket : public testing::TestWithParam<BadCase> {};

TEST_P(BadPacket, IsRefusedWithWhatWasExpected) {
  v1::RingPacket wire = Encoded(TestPacket(2, 4));
  GetParam().spoil(&wire);
  const auto decoded = DecodePacket(wire);
  ASSERT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(decoded.status().message().find(GetParam().expected),
            std::string::npos)
      << decoded.status();
}

void AddRows(v1::RingPacket* wire, int rows) {
  for (int i = 0; i < rows; ++i) wire->add_rows();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadPacket,
    testing::Values(
        BadCase{"unknown kind 0", [](auto* w) { w->clear_kind(); }},
        BadCase{"unknown kind 77",
                [](auto* w) { w->set_kind(static_cast<v1::PacketKind>(77)); }},
        BadCase{"unknown value type", [](auto* w) { w->clear_value_type(); }},
        BadCase{"number of rows is 0", [](auto* w) { w->clear_rows(); }},
        BadCase{"expected 1 to 4096",
                [](auto* w) { AddRows(w, kMaxPacketRows); }},
        BadCase{"width is 0", [](auto* w) { w->set_width(0); }},
        BadCase{"width is 4294967295",
                [](auto* w) { w->set_width(4294967295u); }},
        BadCase{"vectors a row is 0",
                [](auto* w) { w->set_vectors_per_row(0); }},
        BadCase{"vectors a row is 1027",
                [](auto* w) { w->set_vectors_per_row(1027); }},
        BadCase{"size of the values is 31",
                [](auto* w) { w->mutable_values()->pop_back(); }},
        BadCase{"size of the values is 33",
                [](auto* w) { w->mutable_values()->push_back('x'); }},
        BadCase{"expected 16 to 16",
                [](auto* w) { w->set_value_type(v1::VALUE_TYPE_BFLOAT16); }},
        BadCase{"row's weights is 1",
                [](auto* w) {
                  w->mutable_rows(1)->mutable_weights()->RemoveLast();
                }},
        BadCase{"row's weights is 2",
                [](auto* w) { w->set_kind(v1::PACKET_KIND_OUTPUT); }},
        BadCase{"do not ascend",
                [](auto* w) { w->mutable_rows(0)->set_experts(1, 2); }},
        BadCase{"link is out of range",
                [](auto* w) { w->mutable_link()->set_due_ns(INT64_MAX); }},
        BadCase{"time is out of range", [](auto* w) {
                  w->mutable_rows(0)->mutable_spent()->set_compute_ns(
                      INT64_MIN);
                }}));

TEST(PacketCodec, SurvivesFlippedBytes) {
  const std::string bytes = Encoded(TestPacket(3, 5)).SerializeAsString();
  uint32_t state = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string spoilt = bytes;
    for (int flips = 0; flips < 3; ++flips) {
      state = state * 1664525 + 1013904223;
      spoilt[(state >> 8) % spoilt.size()] = static_cast<char>(state >> 24);
    }
    v1::RingPacket wire;
    if (!wire.ParseFromString(spoilt)) continue;
    const auto decoded = DecodePacket(wire);
    if (!decoded.ok()) continue;
    EXPECT_EQ(decoded->values.size(),
              decoded->rows.size() * decoded->vectors_per_row * decoded->width);
  }
}

TEST(LinkBytes, CountsValuesAndRowHeaders) {
  Packet packet = TestPacket(3, 10);
  EXPECT_EQ(LinkBytes(packet), 3 * 64 + 3 * 10 * 4);
  packet.bfloat16 = true;
  EXPECT_EQ(LinkBytes(packet), 3 * 64 + 3 * 10 * 2);
  packet.vectors_per_row = 2;
  EXPECT_EQ(LinkBytes(packet), 3 * 64 + 3 * 20 * 2);
}

}  // namespace
}  // namespace spacemoe
