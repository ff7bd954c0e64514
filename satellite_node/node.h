// A satellite's life, from its assignment to its end.
#ifndef SPACEMOE_SATELLITE_NODE_NODE_H_
#define SPACEMOE_SATELLITE_NODE_NODE_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "runtime/base/clock.h"
#include "runtime/link/link_model.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/packet_sender.h"
#include "runtime/tls/identity.h"
#include "runtime/trace/trace_buffer.h"
#include "satellite_node/assignment.h"
#include "satellite_node/clock_keeper.h"
#include "satellite_node/loss_watch.h"
#include "satellite_node/mailbox.h"
#include "satellite_node/node_metrics.h"
#include "satellite_node/peer_links.h"
#include "satellite_node/role_builder.h"
#include "satellite_node/upstream.h"

namespace spacemoe {

// Connects to a peer; returns when connected.
using PeerConnector =
    std::function<absl::StatusOr<std::vector<std::unique_ptr<PacketSender>>>(
        const std::vector<PeerAddress>&, const BrokenHandler&)>;

// PeerConnector over gRPC. The loop is borrowed. Null: no TLS.
PeerConnector ConnectOverGrpc(
    EventLoop* loop, std::shared_ptr<const TlsIdentity> identity = nullptr);

struct NodeOptions {
  // Overrides the plan's path when not empty.
  std::string model_path;
  // Opened already, borrowed; null: the node opens the path itself.
  const Checkpoint* checkpoint = nullptr;
  std::string model_hash;  // of it (Fingerprint); empty: not known
  PeerConnector connect;
  // Told when the satellite is ready to serve, and when it no longer is. From
  // any of its threads; must not block.
  std::function<void(bool ready)> on_ready = [](bool) {};
  // Runs Deliver and what `connect` makes, borrowed; null: something else does.
  EventLoop* loop = nullptr;
};

// Run is called by one thread; State and Deliver by any.
class Node final : private SatelliteListener {
 public:
  // All are borrowed and outlive the node. The Hello has been sent.
  Node(NodeOptions options, Mailbox* mailbox, Upstream* upstream)
      : options_(std::move(options)), mailbox_(mailbox), upstream_(upstream) {}

  // Waits for the assignment, sets the satellite up, reports ready, and serves
  // until the coordinator says that it's over (OK), or goes away, or the
  // satellite fails (why). Faults have been sent upstream.
  absl::Status Run();

  // How it is now. Any thread.
  NodeState State();

  // A packet from a peer. FAILED_PRECONDITION before the satellite is ready.
  absl::Status Deliver(Packet packet);

 private:
  absl::StatusOr<v1::CoordinatorMessage> AwaitMessage();
  absl::StatusOr<v1::Assignment> AwaitAssignment();
  absl::Status SetUp(const v1::Assignment& proto);
  absl::Status OpenCheckpoint(const NodeAssignment& assignment);
  absl::Status CheckModel(const NodeAssignment& assignment);
  absl::Status SetClock(const NodeAssignment& assignment);
  absl::Status ConnectPeers(const NodeAssignment& assignment);
  absl::Status BuildSatellite(const NodeAssignment& assignment);
  void MakeLinks(const NodeAssignment& assignment);
  std::unique_ptr<Waiter> MakeWaiter(const NodeAssignment& assignment) const;

  absl::Status Serve();
  // Unset: go on.
  std::optional<absl::Status> Handle(const NodeEvent& event);
  std::optional<absl::Status> HandleMessage(
      const v1::CoordinatorMessage& message);
  absl::Status Inject(const v1::Inject& inject);
  void SendStatistics(bool restart);
  void SendTrace(bool last);
  bool HasFault();
  absl::Status Fail(const absl::Status& status);
  absl::Status FirstFault();

  void OnTokens(absl::Span<const TokenRecord> records) override;
  void OnLogits(LogitsRecord record) override;
  void OnFault(const absl::Status& status) override;

  const NodeOptions options_;
  Mailbox* const mailbox_;
  Upstream* const upstream_;
  LossWatch losses_;

  std::mutex fault_mutex_;
  absl::Status fault_;  // the first; protected by fault_mutex_

  std::shared_mutex mutex_;
  // What Deliver may use: null until ready. Protected by mutex_.
  Satellite* satellite_ = nullptr;

  // Set up in this order; the satellite goes first.
  std::unique_ptr<Checkpoint> own_checkpoint_;
  const Checkpoint* checkpoint_ = nullptr;
  std::unique_ptr<MonotonicClock> clock_;
  std::unique_ptr<ClockKeeper> clock_keeper_;
  std::unique_ptr<LinkModel> links_;
  std::unique_ptr<PeerLinks> peers_;
  RolePools pools_;
  StepCounters counters_;
  std::unique_ptr<TraceBuffer> trace_;  // null: the run is not traced
  std::unique_ptr<Satellite> owned_satellite_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_NODE_H_
