#include "runtime/tensor/packet.h"

namespace spacemoe {

int64_t LinkBytes(const Packet& packet) {
  constexpr int64_t kRowHeaderBytes = 64;
  const int64_t value_bytes = packet.bfloat16 ? 2 : 4;
  const auto rows = static_cast<int64_t>(packet.rows.size());
  const int64_t values = rows * packet.vectors_per_row * packet.width;
  return rows * kRowHeaderBytes + values * value_bytes;
}

}  // namespace spacemoe
