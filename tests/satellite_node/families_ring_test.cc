// Every fixture round a ring of nodes in one process: a gateway and a few
// satellites with two experts each for every layer, none for a dense one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/checkpoint/checkpoint.h"
#include "nlohmann/json.hpp"
#include "runtime/base/clock.h"
#include "runtime/net/fake_ring.h"
#include "tests/satellite_node/test_node.h"

namespace spacemoe {
namespace {

constexpr int64_t kExpertsASatellite = 2;

std::string FolderOf(const std::string& name) {
  return absl::StrCat(SPACEMOE_TESTDATA, "/models/", name);
}

uint32_t GatewayOf(int64_t layer) { return static_cast<uint32_t>(100 * layer); }

uint32_t HomeOf(int64_t layer, int64_t expert) {
  return GatewayOf(layer) +
         static_cast<uint32_t>(1 + expert / kExpertsASatellite);
}

void AddPeer(uint32_t satellite, v1::Assignment* assignment) {
  for (const v1::Peer& peer : assignment->peers()) {
    if (peer.satellite() == satellite) return;
  }
  v1::Peer* peer = assignment->add_peers();
  peer->set_satellite(satellite);
  peer->set_address(absl::StrCat("fake-", satellite));
}

// What all satellites of a layer have in common.
v1::Assignment LayerAssignment(const Checkpoint& checkpoint, int64_t layer,
                               uint32_t satellite) {
  const ModelConfig& config = checkpoint.config();
  v1::Assignment assignment;
  assignment.set_satellite(satellite);
  assignment.set_model_path(checkpoint.path());
  assignment.set_layers(static_cast<uint32_t>(config.layers));
  assignment.set_hidden_size(static_cast<uint32_t>(config.hidden_size));
  assignment.set_layer(static_cast<uint32_t>(layer));
  assignment.set_next_satellite(GatewayOf((layer + 1) % config.layers));
  assignment.set_first_gateway(GatewayOf(0));
  assignment.set_time_scale(1);
  assignment.set_epoch_ns(MonotonicNanos());
  assignment.set_kernel("native");
  assignment.set_role_name(absl::StrCat("satellite ", satellite));
  AddPeer(assignment.next_satellite(), &assignment);
  return assignment;
}

std::vector<v1::Assignment> Assignments(const Checkpoint& checkpoint) {
  std::vector<v1::Assignment> all;
  for (int64_t l = 0; l < checkpoint.config().layers; ++l) {
    v1::Assignment gateway = LayerAssignment(checkpoint, l, GatewayOf(l));
    gateway.set_gateway(true);
    gateway.set_head(l == 0);
    const int64_t experts = checkpoint.config().Experts(l);
    for (int64_t e = 0; e < experts; ++e) {
      v1::ExpertHome* home = gateway.add_expert_homes();
      home->set_expert(static_cast<uint32_t>(e));
      home->set_satellite(HomeOf(l, e));
      AddPeer(HomeOf(l, e), &gateway);
    }
    all.push_back(gateway);
    for (int64_t e = 0; e < experts; e += kExpertsASatellite) {
      all.push_back(LayerAssignment(checkpoint, l, HomeOf(l, e)));
      for (int64_t i = e; i < std::min(experts, e + kExpertsASatellite); ++i) {
        all.back().add_experts(static_cast<uint32_t>(i));
      }
    }
  }
  return all;
}

nlohmann::json PromptsOf(const std::string& name) {
  std::ifstream file(FolderOf(name) + "/expected.json");
  return nlohmann::json::parse(file)["prompts"];
}

v1::CoordinatorMessage InjectMessage(const nlohmann::json& prompt,
                                     uint64_t sequence) {
  v1::CoordinatorMessage message;
  v1::Inject* inject = message.mutable_inject();
  inject->set_sequence(sequence);
  for (int64_t id : prompt["input_ids"]) inject->add_prompt(id);
  inject->set_max_tokens(prompt["continuation"].size());
  inject->set_capacity(64);
  return message;
}

class FamiliesRingTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto checkpoint = Checkpoint::Open(FolderOf(GetParam()));
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    for (const v1::Assignment& assignment : Assignments(**checkpoint)) {
      nodes_.push_back(
          std::make_unique<TestNode>(&ring_, assignment.satellite()));
      nodes_.back()->Assign(assignment);
    }
    for (auto& node : nodes_) {
      const v1::SatelliteMessage message = node->upstream().Next();
      ASSERT_TRUE(message.has_ready()) << message.ShortDebugString();
    }
  }

  void TearDown() override {
    for (auto& node : nodes_) {
      node->Shutdown();
      EXPECT_TRUE(node->Join().ok());
    }
  }

  FakeRing ring_;
  std::vector<std::unique_ptr<TestNode>> nodes_;
};

TEST_P(FamiliesRingTest, ContinuesAsTransformersDoes) {
  const nlohmann::json prompts = PromptsOf(GetParam());
  std::vector<std::vector<int64_t>> texts(prompts.size());
  size_t expected_tokens = 0;
  for (size_t p = 0; p < prompts.size(); ++p) {
    nodes_[0]->Tell(InjectMessage(prompts[p], p));
    expected_tokens += prompts[p]["continuation"].size();
  }
  for (size_t told = 0; told < expected_tokens;) {
    const v1::SatelliteMessage message = nodes_[0]->upstream().Next();
    ASSERT_TRUE(message.has_tokens()) << message.ShortDebugString();
    for (const v1::TokenEvent& token : message.tokens().tokens())
      texts[token.sequence()].push_back(token.token());
    told += message.tokens().tokens_size();
  }
  for (size_t p = 0; p < prompts.size(); ++p) {
    EXPECT_EQ(texts[p], prompts[p]["continuation"].get<std::vector<int64_t>>());
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(FolderOf(""))) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, FamiliesRingTest, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace spacemoe
