#include "models/config/family.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/config/config_reader.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

// Of a fixture.
absl::StatusOr<ModelConfig> ConfigOf(const std::filesystem::path& folder) {
  std::ifstream file(folder / "config.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return ReadHuggingFaceConfig(text, "", folder.string());
}

std::set<TensorRole> RolesOf(std::span<const TensorName> names) {
  std::set<TensorRole> roles;
  for (const TensorName& name : names) roles.insert(name.role);
  return roles;
}

void ExpectNamed(const std::vector<TensorRole>& roles,
                 std::span<const TensorName> names) {
  const std::set<TensorRole> named = RolesOf(names);
  for (const TensorRole role : roles) {
    EXPECT_TRUE(named.contains(role)) << TensorRoleName(role);
  }
}

TEST(Families, NameEveryRoleOfTheirFixtures) {
  std::set<std::string> seen;
  const std::filesystem::path models =
      std::filesystem::path(SPACEMOE_TESTDATA) / "models";
  for (const auto& folder : std::filesystem::directory_iterator(models)) {
    SCOPED_TRACE(folder.path());
    const auto config = ConfigOf(folder.path());
    ASSERT_TRUE(config.ok()) << config.status();
    const Family& family = **FindFamily(config->family);
    seen.insert(config->family);
    for (const auto names :
         {family.hugging_face_tensors, family.gguf_tensors}) {
      if (names.empty()) continue;  // no GGUF
      ExpectNamed(HeadRoles(*config), names);
      ExpectNamed(ExpertRoles(*config), names);
      for (int64_t l = 0; l < config->layers; ++l) {
        ExpectNamed(GatewayRoles(*config, l), names);
      }
    }
  }
  EXPECT_EQ(seen.size(), Families().size());  // each has a fixture
}

TEST(Families, PutALayerIntoTheNamesThatHaveOne) {
  for (const Family* family : Families()) {
    for (const auto names :
         {family->hugging_face_tensors, family->gguf_tensors}) {
      for (const TensorName& name : names) {
        const bool has_layer =
            name.pattern.find("{layer}") != std::string_view::npos;
        EXPECT_EQ(has_layer, !IsHeadRole(name.role)) << name.pattern;
        EXPECT_LT(name.part, name.parts);
      }
    }
  }
}

TEST(Families, AreFoundByName) {
  EXPECT_EQ((*FindFamily("granitemoe"))->architecture, "GraniteMoeForCausalLM");
  const auto unknown = FindFamily("gpt2");
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(unknown.status().message()),
              HasSubstr("mixtral, granitemoe, granitemoeshared"));
}

TEST(TensorRoles, FollowTheConfig) {
  ModelConfig config;
  EXPECT_EQ(GatewayRoles(config).size(), 7);
  config.shared_width = 4;
  EXPECT_EQ(GatewayRoles(config).size(), 10);
  config.attention_bias = true;
  config.output_bias = true;
  EXPECT_EQ(GatewayRoles(config).size(), 14);
  EXPECT_EQ(HeadRoles(config).size(), 3);
  config.tie_word_embeddings = true;
  EXPECT_EQ(HeadRoles(config).size(), 2);
}

}  // namespace
}  // namespace spacemoe
