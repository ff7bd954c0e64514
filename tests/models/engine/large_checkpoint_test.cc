// A checkpoint of more than 10 GiB, of holes: opening it reads its header, and
// a role's memory is its share. The disk holds next to nothing of it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/checkpoint/model_weights.h"
#include "models/engine/role_factory.h"
#include "nlohmann/json.hpp"
#include "tests/models/checkpoint/test_files.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr int64_t kLayers = 4;
constexpr int64_t kExperts = 64;
constexpr int64_t kHidden = 2048;
constexpr int64_t kWidth = 4096;
constexpr int64_t kVocab = 32000;
constexpr int64_t kMiB = int64_t{1} << 20;

json Config() {
  return {{"model_type", "mixtral"},       {"vocab_size", kVocab},
          {"hidden_size", kHidden},        {"intermediate_size", kWidth},
          {"num_hidden_layers", kLayers},  {"num_attention_heads", 16},
          {"num_key_value_heads", 4},      {"max_position_embeddings", 4096},
          {"num_local_experts", kExperts}, {"num_experts_per_tok", 2}};
}

// The header of a safetensors file of bfloat16 tensors.
class Header {
 public:
  void Add(const std::string& name, std::vector<int64_t> shape) {
    int64_t bytes = 2;
    for (const int64_t size : shape) bytes *= size;
    tensors_[name] = {{"dtype", "BF16"},
                      {"shape", shape},
                      {"data_offsets", {bytes_, bytes_ + bytes}}};
    bytes_ += bytes;
  }
  int64_t bytes() const { return bytes_; }
  std::string text() const { return tensors_.dump(); }

 private:
  json tensors_ = json::object();
  int64_t bytes_ = 0;
};

void AddLayer(const std::string& layer, Header& header) {
  header.Add(layer + "input_layernorm.weight", {kHidden});
  header.Add(layer + "post_attention_layernorm.weight", {kHidden});
  header.Add(layer + "self_attn.q_proj.weight", {kHidden, kHidden});
  header.Add(layer + "self_attn.k_proj.weight", {kHidden / 4, kHidden});
  header.Add(layer + "self_attn.v_proj.weight", {kHidden / 4, kHidden});
  header.Add(layer + "self_attn.o_proj.weight", {kHidden, kHidden});
  const std::string block = layer + "block_sparse_moe.";
  header.Add(block + "gate.weight", {kExperts, kHidden});
  for (int64_t e = 0; e < kExperts; ++e) {
    const std::string expert = block + "experts." + std::to_string(e) + ".";
    header.Add(expert + "w1.weight", {kWidth, kHidden});
    header.Add(expert + "w2.weight", {kHidden, kWidth});
    header.Add(expert + "w3.weight", {kWidth, kHidden});
  }
}

Header WholeModel() {
  Header header;
  header.Add("model.embed_tokens.weight", {kVocab, kHidden});
  header.Add("model.norm.weight", {kHidden});
  header.Add("lm_head.weight", {kVocab, kHidden});
  for (int64_t l = 0; l < kLayers; ++l) {
    AddLayer("model.layers." + std::to_string(l) + ".", header);
  }
  return header;
}

// Whether the file is `bytes` long with next to none of them on the disk.
bool Extend(const std::string& path, int64_t bytes) {
  if (truncate(path.c_str(), bytes) != 0) return false;
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && status.st_blocks * 512 < kMiB;
}

// Bytes of the process's memory that are pages of the file.
int64_t ResidentBytes(const std::string& path) {
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  bool ours = false;
  int64_t total = 0;
  while (std::getline(maps, line)) {
    const bool is_map = line.find('-') < line.find(' ');
    if (is_map && line.find(':') != line.find(' ') - 1) {
      ours = line.ends_with(path);
    }
    if (ours && line.starts_with("Rss:")) {
      total += std::stoll(line.substr(4)) * 1024;
    }
  }
  return total;
}

class LargeCheckpoint : public testing::Test {
 protected:
  void SetUp() override {
    const Header header = WholeModel();
    ASSERT_GT(header.bytes(), 10 * 1024 * kMiB);
    dir_.Write("config.json", Config().dump());
    const std::string head = SafetensorsBytes(header.text(), "");
    path_ = dir_.Write("model.safetensors", head);
    if (!Extend(path_, static_cast<int64_t>(head.size()) + header.bytes())) {
      GTEST_SKIP() << "NOT TESTED: the file system of " << path_
                   << " has no sparse files of "
                   << header.bytes() / (1024 * kMiB) << " GiB";
    }
    auto checkpoint = Checkpoint::Open(dir_.path());
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    checkpoint_ = *std::move(checkpoint);
  }

  TempDir dir_;
  std::string path_;
  std::unique_ptr<Checkpoint> checkpoint_;
};

TEST_F(LargeCheckpoint, OpensByItsHeader) {
  EXPECT_EQ(checkpoint_->tensors().size(), 3 + kLayers * (7 + 3 * kExperts));
  EXPECT_LT(ResidentBytes(path_), 2 * kMiB);
}

TEST_F(LargeCheckpoint, ARoleHoldsItsOwnTensors) {
  const auto share = ModelWeights(*checkpoint_).ExpertBytes(2, 33);
  ASSERT_TRUE(share.ok()) << share.status();
  EXPECT_EQ(*share, 3 * kWidth * kHidden * 2);
  const auto experts = MakeExperts(*checkpoint_, 2, {33}, {});
  ASSERT_TRUE(experts.ok()) << experts.status();
  EXPECT_LT(ResidentBytes(path_), 2 * kMiB);
  const std::vector<float> normed(kHidden, 0.5f);
  const float weight = 1;
  std::vector<float> out(kHidden, 7);
  ASSERT_TRUE((*experts)->Run(33, 1, normed.data(), &weight, out.data()).ok());
  EXPECT_EQ(out, std::vector<float>(kHidden, 0));  // holes are zeros
  EXPECT_GE(ResidentBytes(path_), *share);
  // Pages around it that the kernel maps with it.
  EXPECT_LT(ResidentBytes(path_), *share + 4 * kMiB);
}

}  // namespace
}  // namespace spacemoe
