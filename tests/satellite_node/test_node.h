// A whole satellite on a thread, with a fake network.
#ifndef SPACEMOE_TESTS_SATELLITE_NODE_TEST_NODE_H_
#define SPACEMOE_TESTS_SATELLITE_NODE_TEST_NODE_H_

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/net/fake_ring.h"
#include "satellite_node/node.h"
#include "tests/satellite_node/fake_upstream.h"

namespace spacemoe {

// A satellite with its own coordinator.
class TestNode {
 public:
  TestNode(FakeRing* ring, uint32_t satellite)
      : node_({.connect =
                   [ring](const std::vector<PeerAddress>& peers,
                          const BrokenHandler& on_broken) {
                     std::vector<std::unique_ptr<PacketSender>> senders;
                     for (const PeerAddress& peer : peers) {
                       senders.push_back(
                           ring->Connect(peer.satellite, on_broken));
                     }
                     return senders;
                   }},
              &mailbox_, &upstream_),
        thread_([this] { end_ = node_.Run(); }) {
    ring->Listen(satellite, [this](Packet packet) {
      return node_.Deliver(std::move(packet));
    });
  }

  void Assign(const v1::Assignment& assignment) {
    v1::CoordinatorMessage message;
    *message.mutable_assignment() = assignment;
    mailbox_.Push(message);
  }
  void Tell(v1::CoordinatorMessage message) {
    mailbox_.Push(std::move(message));
  }
  void LosePeer(uint32_t satellite, const absl::Status& reason) {
    mailbox_.Push(PeerLost{satellite, reason});
  }
  void LoseCoordinator() {
    mailbox_.Push(CoordinatorGone{absl::UnavailableError("reset")});
  }
  void Shutdown() {
    v1::CoordinatorMessage message;
    message.mutable_shutdown()->set_reason("done");
    mailbox_.Push(message);
  }
  absl::Status Join() {
    thread_.join();
    return end_;
  }

  FakeUpstream& upstream() { return upstream_; }

 private:
  Mailbox mailbox_;
  FakeUpstream upstream_;
  Node node_;
  absl::Status end_;
  std::thread thread_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_SATELLITE_NODE_TEST_NODE_H_
