#include "models/checkpoint/fingerprint.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <set>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/mapped_file.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::size_t kMaxConfigBytes = 16 << 20;
constexpr std::int64_t kSamples = 64;
constexpr std::int64_t kSampleBytes = 256;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }

  // Followed by its length, so that no two lists of texts look the same.
  void Add(std::string_view text) {
    EVP_DigestUpdate(context_.get(), text.data(), text.size());
    const std::uint64_t size = text.size();
    EVP_DigestUpdate(context_.get(), &size, sizeof(size));
  }

  std::string Hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    return absl::BytesToHexString(
        absl::string_view(reinterpret_cast<const char*>(digest.data()), size));
  }

 private:
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

absl::StatusOr<std::string> ConfigOf(const Checkpoint& checkpoint) {
  // Strings of a GGUF file need not be UTF-8.
  if (checkpoint.gguf() != nullptr) {
    return checkpoint.gguf()->MetadataJson().dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return ReadTextFile(checkpoint.path() + "/config.json", kMaxConfigBytes);
}

// Read, not mapped: a mapping's pages would count as this process's memory.
absl::Status AddSamples(const std::string& path, Sha256* hash) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::int64_t size = file.tellg();
  hash->Add(absl::StrCat(size));
  std::string sample(kSampleBytes, '\0');
  for (std::int64_t i = 0; file.good() && i < kSamples; ++i) {
    const std::int64_t last = std::max<std::int64_t>(size - kSampleBytes, 0);
    file.seekg(last * i / (kSamples - 1));
    file.read(sample.data(), std::min(size, kSampleBytes));
    hash->Add(sample);
  }
  if (file.good()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path, ": cannot be read any more"));
}

}  // namespace

absl::StatusOr<std::string> Fingerprint(const Checkpoint& checkpoint) {
  Sha256 hash;
  SPACEMOE_ASSIGN_OR_RETURN(const std::string config, ConfigOf(checkpoint));
  hash.Add(config);
  std::set<std::string> files;
  for (const TensorInfo* tensor : checkpoint.tensors()) {
    hash.Add(absl::StrCat(tensor->name, " ", tensor->type_name, " ",
                          ShapeString(tensor->shape)));
    files.insert(*tensor->file);
  }
  for (const std::string& file : files)
    SPACEMOE_RETURN_IF_ERROR(AddSamples(file, &hash));
  return hash.Hex();
}

}  // namespace spacemoe
