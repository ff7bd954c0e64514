#include "runtime/tensor/packet.h"

namespace spacemoe {

int64_t RowLinkBytes(int64_t value_bytes) {
  constexpr int64_t kRowHeaderBytes = 64;
  return kRowHeaderBytes + value_bytes;
}

int64_t LinkBytes(const Packet& packet) {
  const int64_t value_bytes = packet.bfloat16 ? 2 : 4;
  const auto rows = static_cast<int64_t>(packet.rows.size());
  return rows *
         RowLinkBytes(value_bytes * packet.vectors_per_row * packet.width);
}

}  // namespace spacemoe
