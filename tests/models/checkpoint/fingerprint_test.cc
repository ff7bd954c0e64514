#include "models/checkpoint/fingerprint.h"

#include <cctype>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "models/checkpoint/checkpoint.h"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

constexpr char kMixtral[] = SPACEMOE_TESTDATA "/models/mixtral";

std::string FingerprintOf(const std::string& path) {
  const auto checkpoint = Checkpoint::Open(path);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  const auto fingerprint = Fingerprint(**checkpoint);
  EXPECT_TRUE(fingerprint.ok()) << fingerprint.status();
  return *fingerprint;
}

TEST(Fingerprint, IsTheSameForACopyElsewhere) {
  const TempDir copy;
  copy.CopyFrom(kMixtral);
  const std::string fingerprint = FingerprintOf(kMixtral);
  EXPECT_EQ(fingerprint.size(), 64);
  EXPECT_EQ(FingerprintOf(copy.path()), fingerprint);
}

TEST(Fingerprint, DiffersForAnotherModel) {
  EXPECT_NE(FingerprintOf(kMixtral),
            FingerprintOf(SPACEMOE_TESTDATA "/models/mixtral_tied"));
}

TEST(Fingerprint, DiffersForOtherWeightsOfTheSameShapes) {
  const TempDir copy;
  copy.CopyFrom(kMixtral);
  std::string weights = ReadAll(copy.File("model.safetensors"));
  // Away from the header: a value of each 300 bytes.
  for (size_t i = weights.size() / 2; i < weights.size(); i += 300)
    weights[i] ^= 1;
  copy.Write("model.safetensors", weights);
  EXPECT_NE(FingerprintOf(copy.path()), FingerprintOf(kMixtral));
}

TEST(Fingerprint, DiffersForAnotherConfiguration) {
  const TempDir copy;
  copy.CopyFrom(kMixtral);
  copy.Write("config.json", ReadAll(copy.File("config.json")) + " ");
  EXPECT_NE(FingerprintOf(copy.path()), FingerprintOf(kMixtral));
}

// A writer's name in Latin-1, for instance.
TEST(Fingerprint, StandsMetadataThatIsNotUtf8) {
  const TempDir copy;
  const std::string path = copy.Write(
      "model.gguf",
      Replaced(ReadAll(SPACEMOE_TESTDATA "/gguf/mixtral_tied-q8_0.gguf"),
               "ggml.eos_token_id", "ggml.eos_token_i\xE9"));
  EXPECT_EQ(FingerprintOf(path).size(), 64);
}

}  // namespace
}  // namespace spacemoe
