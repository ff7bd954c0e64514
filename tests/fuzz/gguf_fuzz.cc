// A GGUF file, opened as a checkpoint is: header, metadata, config, tensors,
// tokenizer; and its config as an export would write it.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/gguf_tokenizer_json.h"
#include "models/checkpoint/model_weights.h"
#include "models/checkpoint/tokenizer_files.h"
#include "models/config/config_reader.h"

namespace {

const std::string& FilePath() {
  static const std::string path =
      "/tmp/spacemoe-gguf-fuzz-" + std::to_string(getpid()) + ".gguf";
  return path;
}

void WriteFile(const std::uint8_t* data, std::size_t size) {
  std::FILE* file = std::fopen(FilePath().c_str(), "wb");
  if (file == nullptr) return;
  std::fwrite(data, 1, size, file);
  std::fclose(file);
}

void TouchWeights(const spacemoe::Checkpoint& checkpoint) {
  const spacemoe::ModelWeights weights(checkpoint);
  for (const auto role : spacemoe::GatewayRoles(checkpoint.config())) {
    const auto view = weights.Get(role, 0);
    if (!view.ok()) continue;
    std::vector<float> row(view->cols);
    spacemoe::DequantizeRow(*view, view->rows - 1, row.data());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  if (!spacemoe::ParseGguf(bytes, FilePath()).ok()) return 0;
  WriteFile(data, size);
  const auto checkpoint = spacemoe::Checkpoint::Open(FilePath());
  if (checkpoint.ok()) {
    TouchWeights(**checkpoint);
    (void)spacemoe::CheckSayable((*checkpoint)->config(), FilePath());
  }
  const auto files = spacemoe::ReadTokenizerFiles(FilePath());
  if (files.ok()) (void)spacemoe::GgufTokenizerJson(*files->gguf);
  unlink(FilePath().c_str());
  return 0;
}
