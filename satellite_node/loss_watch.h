// Which lost peer to blame, and when.
#ifndef SPACEMOE_SATELLITE_NODE_LOSS_WATCH_H_
#define SPACEMOE_SATELLITE_NODE_LOSS_WATCH_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "satellite_node/mailbox.h"

namespace spacemoe {

// A dead satellite breaks its own stream to the coordinator, which then names
// it to the user. Its neighbours see it die too, and must not be taken for the
// culprits: they report a lost peer only if the coordinator has done nothing
// about it for a while (it is cut off from this satellite only). A peer that
// refuses a packet is alive, and is reported at once. Thread-compatible.
class LossWatch {
 public:
  static constexpr absl::Duration kPatience = absl::Seconds(1);

  // Only the first loss counts: others follow from it.
  void Add(const PeerLost& lost, absl::Time now);

  // When Due may change by itself.
  absl::Time deadline() const { return report_at_; }

  // What to report, once.
  std::optional<absl::Status> Due(absl::Time now);

 private:
  absl::Status loss_;
  absl::Time report_at_ = absl::InfiniteFuture();
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_LOSS_WATCH_H_
