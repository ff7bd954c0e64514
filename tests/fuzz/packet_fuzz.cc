// Bytes from a peer: parsed as a RingPacket, decoded, and encoded again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "runtime/tensor/packet_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spacemoe::v1::RingPacket wire;
  if (!wire.ParseFromArray(data, static_cast<int>(size))) return 0;
  const auto packet = spacemoe::DecodePacket(wire);
  if (!packet.ok()) return 0;
  spacemoe::v1::RingPacket again;
  if (!spacemoe::EncodePacket(*packet, &again).ok()) std::abort();
  if (again.values() != wire.values()) std::abort();
  return 0;
}
