#include "satellite_node/peer_links.h"

#include "absl/strings/str_cat.h"

namespace spacemoe {

void PeerLinks::Send(Packet packet) {
  const auto sender = senders_.find(packet.destination);
  if (sender == senders_.end()) {
    return on_error_(absl::InternalError(
        absl::StrCat("a packet for satellite ", packet.destination,
                     ", which is no peer of satellite ", packet.source)));
  }
  const absl::Status sent = sender->second->Send(packet);
  if (!sent.ok()) on_error_(sent);
}

}  // namespace spacemoe
