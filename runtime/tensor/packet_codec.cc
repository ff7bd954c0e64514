#include "runtime/tensor/packet_codec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/tensor/value_bytes.h"
#include "runtime/trace/latency_breakdown_proto.h"

namespace spacemoe {
namespace {

// Times are added to each other on their way: keep them far from overflow.
constexpr int64_t kMaxNs = int64_t{1} << 60;

v1::PacketKind WireKind(PacketKind kind) {
  switch (kind) {
    case PacketKind::kDispatch:
      return v1::PACKET_KIND_DISPATCH;
    case PacketKind::kResidual:
      return v1::PACKET_KIND_RESIDUAL;
    case PacketKind::kOutput:
      return v1::PACKET_KIND_OUTPUT;
  }
  return v1::PACKET_KIND_UNSPECIFIED;
}

absl::StatusOr<PacketKind> ReadKind(v1::PacketKind kind) {
  switch (kind) {
    case v1::PACKET_KIND_DISPATCH:
      return PacketKind::kDispatch;
    case v1::PACKET_KIND_RESIDUAL:
      return PacketKind::kResidual;
    case v1::PACKET_KIND_OUTPUT:
      return PacketKind::kOutput;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("packet: unknown kind ", static_cast<int>(kind)));
  }
}

absl::StatusOr<bool> ReadIsBfloat16(v1::ValueType type) {
  if (type == v1::VALUE_TYPE_FLOAT32) return false;
  if (type == v1::VALUE_TYPE_BFLOAT16) return true;
  return absl::InvalidArgumentError(
      absl::StrCat("packet: unknown value type ", static_cast<int>(type)));
}

void WriteStamp(const LinkStamp& stamp, v1::LinkStamp* wire) {
  wire->set_departure_ns(stamp.departure_ns);
  wire->set_due_ns(stamp.due_ns);
  wire->set_propagation_ns(stamp.propagation_ns);
  wire->set_processing_ns(stamp.processing_ns);
  wire->set_serialization_ns(stamp.serialization_ns);
  wire->set_queueing_ns(stamp.queueing_ns);
  wire->set_hops(stamp.hops);
}

LinkStamp ReadStamp(const v1::LinkStamp& wire) {
  return {.departure_ns = wire.departure_ns(),
          .due_ns = wire.due_ns(),
          .propagation_ns = wire.propagation_ns(),
          .processing_ns = wire.processing_ns(),
          .serialization_ns = wire.serialization_ns(),
          .queueing_ns = wire.queueing_ns(),
          .hops = wire.hops()};
}

bool InRange(int64_t ns) { return ns > -kMaxNs && ns < kMaxNs; }

bool InRange(const LinkStamp& s) {
  return InRange(s.departure_ns) && InRange(s.due_ns) &&
         InRange(s.propagation_ns) && InRange(s.processing_ns) &&
         InRange(s.serialization_ns) && InRange(s.queueing_ns);
}

bool InRange(const LatencyBreakdown& b) {
  return InRange(b.propagation_ns) && InRange(b.processing_ns) &&
         InRange(b.serialization_ns) && InRange(b.queueing_ns) &&
         InRange(b.compute_ns) && InRange(b.software_ns);
}

absl::Status CheckLimit(const char* field, uint64_t found, uint64_t least,
                        uint64_t most) {
  if (found >= least && found <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "packet: ", field, " is ", found, ", expected ", least, " to ", most));
}

void WriteRow(const RowHeader& row, bool with_weights, v1::RowHeader* wire) {
  wire->set_sequence(row.sequence);
  wire->set_position(row.position);
  wire->set_attempt(row.attempt);
  wire->set_capacity(row.capacity);
  wire->set_prompt_length(row.prompt_length);
  wire->set_cache_only(row.cache_only);
  wire->set_prompt(row.prompt);
  *wire->mutable_spent() = ToProto(row.spent);
  for (const ExpertWeight& choice : row.experts) {
    wire->add_experts(choice.expert);
    if (with_weights) wire->add_weights(choice.weight);
  }
}

absl::Status CheckExperts(const v1::RowHeader& wire, bool with_weights) {
  SPACEMOE_RETURN_IF_ERROR(CheckLimit(
      "number of a row's experts", wire.experts_size(), 0, kMaxExpertsPerRow));
  const int weights = with_weights ? wire.experts_size() : 0;
  SPACEMOE_RETURN_IF_ERROR(CheckLimit("number of a row's weights",
                                      wire.weights_size(), weights, weights));
  for (int i = 1; i < wire.experts_size(); ++i) {
    if (wire.experts(i - 1) >= wire.experts(i)) {
      return absl::InvalidArgumentError(
          "packet: a row's experts do not ascend");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RowHeader> ReadRow(const v1::RowHeader& wire,
                                  bool with_weights) {
  SPACEMOE_RETURN_IF_ERROR(CheckExperts(wire, with_weights));
  RowHeader row{.sequence = wire.sequence(),
                .position = wire.position(),
                .attempt = wire.attempt(),
                .capacity = wire.capacity(),
                .prompt_length = wire.prompt_length(),
                .cache_only = wire.cache_only(),
                .prompt = wire.prompt(),
                .spent = FromProto(wire.spent())};
  if (!InRange(row.spent))
    return absl::InvalidArgumentError("packet: a row's time is out of range");
  for (int i = 0; i < wire.experts_size(); ++i) {
    row.experts.push_back(
        {wire.experts(i), with_weights ? wire.weights(i) : 0.0f});
  }
  return row;
}

absl::Status CheckSizes(const v1::RingPacket& wire, bool bfloat16) {
  SPACEMOE_RETURN_IF_ERROR(
      CheckLimit("number of rows", wire.rows_size(), 1, kMaxPacketRows));
  SPACEMOE_RETURN_IF_ERROR(
      CheckLimit("width", wire.width(), 1, kMaxPacketWidth));
  SPACEMOE_RETURN_IF_ERROR(CheckLimit(
      "number of vectors a row", wire.vectors_per_row(), 1, kMaxVectorsPerRow));
  const uint64_t bytes = uint64_t(wire.rows_size()) * wire.vectors_per_row() *
                         wire.width() * (bfloat16 ? 2 : 4);
  return CheckLimit("size of the values", wire.values().size(), bytes, bytes);
}

absl::Status CheckRowShape(const Packet& packet, const RowHeader& row) {
  if (packet.kind == PacketKind::kOutput) {
    SPACEMOE_RETURN_IF_ERROR(CheckLimit("number of experts of an output row",
                                        row.experts.size(), 1, 1));
  }
  if (packet.combined) {
    SPACEMOE_RETURN_IF_ERROR(CheckLimit("number of experts of a combined row",
                                        row.experts.size(), 0, 0));
  }
  const bool residual = packet.kind == PacketKind::kResidual;
  const uint64_t vectors = residual && packet.has_shared ? 2 : 1;
  return CheckLimit("number of vectors a row", packet.vectors_per_row, vectors,
                    vectors);
}

void WriteFields(const Packet& packet, v1::RingPacket* wire) {
  wire->set_kind(WireKind(packet.kind));
  wire->set_layer(packet.layer);
  wire->set_source(packet.source);
  wire->set_destination(packet.destination);
  WriteStamp(packet.link, wire->mutable_link());
  wire->set_value_type(packet.bfloat16 ? v1::VALUE_TYPE_BFLOAT16
                                       : v1::VALUE_TYPE_FLOAT32);
  wire->set_width(packet.width);
  wire->set_vectors_per_row(packet.vectors_per_row);
  wire->set_has_shared(packet.has_shared);
  wire->set_combined(packet.combined);
  wire->set_sequences_in_flight(packet.sequences_in_flight);
}

absl::StatusOr<Packet> ReadFields(const v1::RingPacket& wire) {
  Packet packet{.layer = wire.layer(),
                .source = wire.source(),
                .destination = wire.destination(),
                .link = ReadStamp(wire.link()),
                .width = wire.width(),
                .vectors_per_row = wire.vectors_per_row(),
                .has_shared = wire.has_shared(),
                .combined = wire.combined(),
                .sequences_in_flight = wire.sequences_in_flight()};
  SPACEMOE_ASSIGN_OR_RETURN(packet.kind, ReadKind(wire.kind()));
  SPACEMOE_ASSIGN_OR_RETURN(packet.bfloat16, ReadIsBfloat16(wire.value_type()));
  if (!InRange(packet.link)) {
    return absl::InvalidArgumentError(
        "packet: a time of its link is out of range");
  }
  return packet;
}

}  // namespace

absl::Status EncodePacket(const Packet& packet, v1::RingPacket* wire) {
  wire->Clear();
  const size_t expected =
      packet.rows.size() * packet.vectors_per_row * packet.width;
  if (packet.values.size() != expected) {
    return absl::InternalError(absl::StrCat("packet: ", packet.values.size(),
                                            " values, expected ", expected,
                                            " for its rows"));
  }
  WriteFields(packet, wire);
  const bool with_weights = packet.kind == PacketKind::kDispatch;
  for (const RowHeader& row : packet.rows)
    WriteRow(row, with_weights, wire->add_rows());
  if (!packet.bfloat16) {
    *wire->mutable_values() = EncodeFloat32(packet.values);
  } else if (!EncodeBfloat16(packet.values, wire->mutable_values())) {
    return absl::InternalError("packet: a value is not a bfloat16");
  }
  return absl::OkStatus();
}

absl::StatusOr<Packet> DecodePacket(const v1::RingPacket& wire) {
  SPACEMOE_ASSIGN_OR_RETURN(Packet packet, ReadFields(wire));
  SPACEMOE_RETURN_IF_ERROR(CheckSizes(wire, packet.bfloat16));
  packet.rows.reserve(wire.rows_size());
  for (const v1::RowHeader& wire_row : wire.rows()) {
    SPACEMOE_ASSIGN_OR_RETURN(
        RowHeader row, ReadRow(wire_row, packet.kind == PacketKind::kDispatch));
    SPACEMOE_RETURN_IF_ERROR(CheckRowShape(packet, row));
    packet.rows.push_back(std::move(row));
  }
  packet.values = packet.bfloat16 ? DecodeBfloat16(wire.values())
                                  : DecodeFloat32(wire.values());
  return packet;
}

}  // namespace spacemoe
