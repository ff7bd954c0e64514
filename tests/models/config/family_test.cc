#include "models/config/family.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace spacemoe {
namespace {

using ::testing::HasSubstr;

ModelConfig FullConfig(const Family& family) {
  ModelConfig config;
  config.family = family.name;
  config.shared_width = family.name == "granitemoeshared" ? 8 : 0;
  return config;
}

std::set<TensorRole> RolesOf(std::span<const TensorName> names) {
  std::set<TensorRole> roles;
  for (const TensorName& name : names) roles.insert(name.role);
  return roles;
}

TEST(Families, NameEveryRoleInBothFormats) {
  for (const Family* family : Families()) {
    const ModelConfig config = FullConfig(*family);
    for (const auto names :
         {family->hugging_face_tensors, family->gguf_tensors}) {
      const std::set<TensorRole> named = RolesOf(names);
      for (const auto& roles :
           {HeadRoles(config), GatewayRoles(config), ExpertRoles()}) {
        for (const TensorRole role : roles) {
          EXPECT_TRUE(named.contains(role))
              << family->name << " " << TensorRoleName(role);
        }
      }
    }
  }
}

TEST(Families, PutALayerIntoTheNamesThatHaveOne) {
  for (const Family* family : Families()) {
    for (const auto names :
         {family->hugging_face_tensors, family->gguf_tensors}) {
      for (const TensorName& name : names) {
        const bool has_layer =
            name.pattern.find("{layer}") != std::string_view::npos;
        EXPECT_EQ(has_layer, name.role > TensorRole::kLmHead) << name.pattern;
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
  EXPECT_EQ(GatewayRoles(config).size(), 14);
  EXPECT_EQ(HeadRoles(config).size(), 3);
  config.tie_word_embeddings = true;
  EXPECT_EQ(HeadRoles(config).size(), 2);
}

}  // namespace
}  // namespace spacemoe
