// Whole satellites in one process, with real roles and a fake network.
#include "satellite_node/node.h"

#include <fstream>
#include <thread>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/net/fake_ring.h"
#include "tests/satellite_node/fake_upstream.h"
#include "tests/satellite_node/test_assignment.h"

namespace spacemoe {
namespace {

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

nlohmann::json FirstPrompt() {
  std::ifstream file(std::string(SPACEMOE_TESTDATA) +
                     "/models/mixtral/expected.json");
  return nlohmann::json::parse(file)["prompts"][0];
}

v1::CoordinatorMessage InjectMessage(const nlohmann::json& prompt) {
  v1::CoordinatorMessage message;
  v1::Inject* inject = message.mutable_inject();
  inject->set_sequence(1);
  for (int64_t id : prompt["input_ids"]) inject->add_prompt(id);
  inject->set_max_tokens(prompt["continuation"].size());
  inject->set_capacity(128);
  return message;
}

class NodeTest : public testing::Test {
 protected:
  void StartRing() {
    for (uint32_t layer = 0; layer < kTestLayers; ++layer) {
      nodes_.push_back(std::make_unique<TestNode>(&ring_, 10 + layer));
      nodes_.back()->Assign(TestAssignment(layer));
    }
    for (auto& node : nodes_) {
      const v1::SatelliteMessage message = node->upstream().Next();
      ASSERT_TRUE(message.has_ready()) << message.ShortDebugString();
      EXPECT_GT(message.ready().weight_bytes(), 0u);
    }
  }

  void StopRing() {
    for (auto& node : nodes_) node->Shutdown();
    for (auto& node : nodes_) EXPECT_TRUE(node->Join().ok());
  }

  FakeRing ring_;
  std::vector<std::unique_ptr<TestNode>> nodes_;
};

TEST_F(NodeTest, ARingOfNodesContinuesAsTransformersDoes) {
  StartRing();
  const nlohmann::json prompt = FirstPrompt();
  nodes_[0]->Tell(InjectMessage(prompt));
  for (int64_t expected : prompt["continuation"]) {
    const v1::SatelliteMessage message = nodes_[0]->upstream().Next();
    ASSERT_EQ(message.tokens().tokens_size(), 1) << message.ShortDebugString();
    EXPECT_EQ(message.tokens().tokens(0).token(), expected);
  }
  StopRing();
}

TEST_F(NodeTest, TellsItsStatistics) {
  StartRing();
  v1::CoordinatorMessage request;
  request.mutable_statistics_request();
  nodes_[1]->Tell(request);
  EXPECT_TRUE(nodes_[1]->upstream().Next().has_link_statistics());
  StopRing();
}

TEST_F(NodeTest, AMissingCheckpointIsAFaultThatNamesIt) {
  TestNode node(&ring_, 10);
  v1::Assignment assignment = TestAssignment(0);
  assignment.set_model_path("/no/such/model");
  node.Assign(assignment);
  const v1::SatelliteMessage message = node.upstream().Next();
  EXPECT_NE(message.fault().message().find("/no/such/model"),
            std::string::npos);
  EXPECT_EQ(node.Join().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(node.upstream().closed());
}

TEST_F(NodeTest, AnotherModelThanThePlansIsRefused) {
  TestNode node(&ring_, 10);
  v1::Assignment assignment = TestAssignment(0);
  assignment.set_hidden_size(128);
  node.Assign(assignment);
  EXPECT_NE(node.upstream().Next().fault().message().find("hidden size 64"),
            std::string::npos);
  EXPECT_EQ(node.Join().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(NodeTest, EndsWithItsCoordinator) {
  StartRing();
  for (auto& node : nodes_) node->LoseCoordinator();
  for (auto& node : nodes_) {
    const absl::Status end = node->Join();
    EXPECT_EQ(end.code(), absl::StatusCode::kUnavailable);
    EXPECT_NE(end.message().find("coordinator is gone"), std::string::npos)
        << end;
  }
}

TEST_F(NodeTest, EndsWhenTheCoordinatorGoesBeforeTheAssignment) {
  TestNode node(&ring_, 10);
  node.LoseCoordinator();
  EXPECT_EQ(node.Join().code(), absl::StatusCode::kUnavailable);
}

TEST_F(NodeTest, APeerThatRefusesPacketsIsAFault) {
  StartRing();
  nodes_[0]->LosePeer(11, absl::InvalidArgumentError("not for me"));
  const v1::SatelliteMessage message = nodes_[0]->upstream().Next();
  EXPECT_NE(message.fault().message().find("satellite 11"), std::string::npos);
  EXPECT_FALSE(nodes_[0]->Join().ok());
  nodes_[1]->Shutdown();
  nodes_[2]->Shutdown();
  EXPECT_TRUE(nodes_[1]->Join().ok());
  EXPECT_TRUE(nodes_[2]->Join().ok());
}

TEST_F(NodeTest, PacketsBeforeItIsReadyAreRefused) {
  Mailbox mailbox;
  FakeUpstream upstream;
  Node node({}, &mailbox, &upstream);
  EXPECT_EQ(node.Deliver({}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(NodeTest, AnUnfitPromptIsAFault) {
  StartRing();
  v1::CoordinatorMessage message = InjectMessage(FirstPrompt());
  message.mutable_inject()->clear_prompt();
  nodes_[0]->Tell(message);
  EXPECT_TRUE(nodes_[0]->upstream().Next().has_fault());
  EXPECT_FALSE(nodes_[0]->Join().ok());
  nodes_[1]->Shutdown();
  nodes_[2]->Shutdown();
  EXPECT_TRUE(nodes_[1]->Join().ok());
  EXPECT_TRUE(nodes_[2]->Join().ok());
}

}  // namespace
}  // namespace spacemoe
