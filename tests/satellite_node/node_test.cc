// Whole satellites in one process, with real roles and a fake network.
#include "satellite_node/node.h"

#include <fstream>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/net/fake_ring.h"
#include "tests/satellite_node/fake_upstream.h"
#include "tests/satellite_node/test_assignment.h"
#include "tests/satellite_node/test_node.h"

namespace spacemoe {
namespace {

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

TEST_F(NodeTest, TellsWhatItRecordedOnlyWhenTraced) {
  for (const bool traced : {true, false}) {
    nodes_.clear();
    for (uint32_t layer = 0; layer < kTestLayers; ++layer) {
      nodes_.push_back(std::make_unique<TestNode>(&ring_, 10 + layer));
      v1::Assignment assignment = TestAssignment(layer);
      assignment.set_trace(traced);
      nodes_.back()->Assign(assignment);
    }
    for (auto& node : nodes_) ASSERT_TRUE(node->upstream().Next().has_ready());
    const nlohmann::json prompt = FirstPrompt();
    nodes_[0]->Tell(InjectMessage(prompt));
    for (size_t i = 0; i < prompt["continuation"].size(); ++i)
      ASSERT_TRUE(nodes_[0]->upstream().Next().has_tokens());
    v1::CoordinatorMessage request;
    request.mutable_trace_request();
    nodes_[1]->Tell(request);
    const v1::SatelliteMessage message = nodes_[1]->upstream().Next();
    EXPECT_TRUE(message.trace().last()) << message.ShortDebugString();
    v1::TraceBatch batch;
    ASSERT_TRUE(batch.ParseFromString(message.trace().batch()));
    // One step and one packet for each position.
    EXPECT_EQ(batch.steps_size() > 1, traced);
    EXPECT_EQ(batch.flights_size() > 1, traced);
    EXPECT_EQ(message.trace().events(),
              static_cast<uint64_t>(batch.steps_size() + batch.flights_size()));
    StopRing();
  }
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
