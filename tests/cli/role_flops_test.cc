// Plans and predictions count the floating-point operations that satellites
// count.
#include <filesystem>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "coordinator/planning/model_shape.h"
#include "gtest/gtest.h"
#include "models/checkpoint/checkpoint.h"
#include "models/engine/role_factory.h"

namespace spacemoe {
namespace {

std::vector<std::string> Models() {
  std::vector<std::string> models;
  const std::filesystem::path folder =
      std::filesystem::path(SPACEMOE_TESTDATA) / "models";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    models.push_back(entry.path());
  }
  models.push_back(SPACEMOE_SOURCE_DIR "/models/demo");
  return models;
}

std::vector<int32_t> AllExperts(const ModelConfig& config, int64_t layer) {
  std::vector<int32_t> experts(config.Experts(layer));
  std::iota(experts.begin(), experts.end(), 0);
  return experts;
}

void CheckLayer(const Checkpoint& checkpoint, int64_t layer) {
  const ModelConfig& config = checkpoint.config();
  const auto gateway = MakeGateway(checkpoint, layer, {});
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  const auto whole = MakeLayer(checkpoint, layer, {});
  ASSERT_TRUE(whole.ok()) << whole.status();
  double experts = 0;
  if (config.Experts(layer) > 0) {
    const auto role =
        MakeExperts(checkpoint, layer, AllExperts(config, layer), {});
    ASSERT_TRUE(role.ok()) << role.status();
    EXPECT_EQ((*role)->Flops(), ExpertFlops(config, layer));
    experts = (*role)->Flops() * config.ExpertsPerToken(layer);
  }
  for (int64_t position : {0, 1, 7, 40}) {
    const int64_t keys = position - config.FirstKey(layer, position) + 1;
    const double planned = GatewayFlops(config, layer, keys);
    EXPECT_EQ((*gateway)->Flops(position), planned) << position;
    EXPECT_EQ((*whole)->Flops(position), planned + experts) << position;
  }
}

TEST(RoleFlops, ArePlannedAsSatellitesCountThem) {
  for (const std::string& model : Models()) {
    SCOPED_TRACE(model);
    const auto checkpoint = Checkpoint::Open(model);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    const ModelConfig& config = (*checkpoint)->config();
    for (int64_t layer = 0; layer < config.layers; ++layer) {
      SCOPED_TRACE(layer);
      CheckLayer(**checkpoint, layer);
    }
    const auto head = MakeHead(**checkpoint, {});
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_EQ((*head)->Flops(), HeadFlops(config));
  }
}

}  // namespace
}  // namespace spacemoe
