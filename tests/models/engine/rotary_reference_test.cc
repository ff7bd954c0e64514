// Frequencies and attention factors against those of transformers
// (tools/make_rope_fixtures.py).
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/config/rope_reader.h"
#include "models/engine/rotary.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

using nlohmann::json;

json Cases() {
  std::ifstream file(std::string(SPACEMOE_TESTDATA) +
                     "/rope/transformers.json");
  return json::parse(file);
}

absl::StatusOr<ModelConfig> Read(const json& fields) {
  ModelConfig config;
  config.head_dim = fields["head_dim"];
  config.max_positions = fields["max_position_embeddings"];
  const absl::Status status =
      ReadHuggingFaceRope(FieldReader(fields, "file"), config);
  if (!status.ok()) return status;
  return config;
}

TEST(Rotary, AgreesWithTransformersOnEveryScaling) {
  const json cases = Cases();
  ASSERT_GT(cases.size(), 40);
  for (const json& c : cases) {
    SCOPED_TRACE(c["config"].dump());
    const auto config = Read(c["config"]);
    ASSERT_TRUE(config.ok()) << config.status();
    const int64_t length = c["length"];
    Rotary rotary(*config, false);
    EXPECT_FLOAT_EQ(rotary.AttentionFactor(length),
                    c["attention_factor"].get<float>());
    const auto expected = c["inverse_frequencies"].get<std::vector<float>>();
    const std::vector<float>& frequencies = rotary.Frequencies(length);
    ASSERT_EQ(frequencies.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_FLOAT_EQ(frequencies[i], expected[i]) << i << " " << length;
    }
  }
}

}  // namespace
}  // namespace spacemoe
