// The border between packets and the wire (proto/spacemoe/v1/ring.proto).
#ifndef SPACEMOE_RUNTIME_TENSOR_PACKET_CODEC_H_
#define SPACEMOE_RUNTIME_TENSOR_PACKET_CODEC_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/tensor/packet.h"
#include "spacemoe/v1/common.pb.h"
#include "spacemoe/v1/ring.pb.h"

namespace spacemoe {

// What a packet from a peer may hold at most.
inline constexpr int kMaxPacketRows = 4096;
inline constexpr uint32_t kMaxPacketWidth = 1 << 17;
inline constexpr int kMaxExpertsPerRow = 1024;
inline constexpr uint32_t kMaxVectorsPerRow = 2 + kMaxExpertsPerRow;

// Overwrites `wire`. Weights travel with kDispatch only. INTERNAL when the
// values don't match the packet's sizes, or when bfloat16 is set and a value
// is not one: nothing is ever rounded on the way.
absl::Status EncodePacket(const Packet& packet, v1::RingPacket* wire);

// Checks everything: INVALID_ARGUMENT says what was expected and found.
// Allocates no more than the message's own size justifies.
absl::StatusOr<Packet> DecodePacket(const v1::RingPacket& wire);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TENSOR_PACKET_CODEC_H_
