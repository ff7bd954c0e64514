#include "models/checkpoint/hugging_face_export.h"

#include <cstdio>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "models/checkpoint/export_plan.h"
#include "models/checkpoint/gguf_tokenizer_json.h"
#include "models/checkpoint/matrix_writer.h"
#include "models/checkpoint/tokenizer_files.h"
#include "models/config/config_reader.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

namespace fs = std::filesystem;

absl::Status FileError(const std::string& what, const std::string& path,
                       const std::error_code& error) {
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("cannot ", what, " ", path));
}

absl::Status CheckTarget(const std::string& out_dir) {
  std::error_code error;
  if (!fs::exists(out_dir, error)) return absl::OkStatus();
  if (fs::is_directory(out_dir, error) && fs::is_empty(out_dir, error)) {
    return absl::OkStatus();
  }
  return absl::AlreadyExistsError(absl::StrCat(
      out_dir, ": expected a new or an empty folder; nothing was written"));
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return FileError("create", path, {errno, std::generic_category()});
  }
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) == 0 && written) return absl::OkStatus();
  return FileError("write", path, {errno, std::generic_category()});
}

std::string ShardName(std::size_t index, std::size_t count) {
  if (count == 1) return "model.safetensors";
  return absl::StrFormat("model-%05d-of-%05d.safetensors", index + 1, count);
}

std::string_view TorchName(SafetensorsType type) {
  if (type == SafetensorsType::kF16) return "float16";
  if (type == SafetensorsType::kBF16) return "bfloat16";
  return "float32";
}

// Exports into `dir`, which exists and is empty.
class Exporter {
 public:
  Exporter(const Checkpoint& checkpoint, std::string dir,
           const ExportOptions& options)
      : checkpoint_(checkpoint), dir_(std::move(dir)), options_(options) {}

  absl::StatusOr<ExportSummary> Run() {
    SPACEMOE_ASSIGN_OR_RETURN(std::vector<ExportTensor> tensors,
                              PlanExport(checkpoint_, options_.widened_type));
    for (const ExportTensor& tensor : tensors) Count(tensor.spec);
    const auto shards =
        SplitIntoShards(std::move(tensors), options_.max_shard_bytes);
    summary_.shards = static_cast<std::int64_t>(shards.size());
    for (std::size_t i = 0; i < shards.size(); ++i) {
      SPACEMOE_RETURN_IF_ERROR(
          WriteShard(ShardName(i, shards.size()), shards[i]));
    }
    if (shards.size() > 1) SPACEMOE_RETURN_IF_ERROR(WriteIndex());
    SPACEMOE_RETURN_IF_ERROR(WriteConfigs());
    SPACEMOE_RETURN_IF_ERROR(WriteTokenizer());
    return summary_;
  }

 private:
  void Count(const TensorSpec& spec) {
    ++summary_.tensors;
    summary_.bytes += spec.bytes();
    bytes_by_type_[spec.type] += spec.bytes();
  }

  std::string Path(const std::string& name) const { return dir_ + "/" + name; }

  absl::Status WriteShard(const std::string& name,
                          const std::vector<ExportTensor>& tensors) {
    std::vector<TensorSpec> specs;
    for (const ExportTensor& tensor : tensors) {
      specs.push_back(tensor.spec);
      shard_of_[tensor.spec.name] = name;
    }
    SPACEMOE_ASSIGN_OR_RETURN(const auto writer,
                              SafetensorsWriter::Create(Path(name), specs));
    for (const ExportTensor& tensor : tensors) {
      SPACEMOE_RETURN_IF_ERROR(WriteTensor(tensor, *writer));
    }
    return writer->Finish();
  }

  absl::Status WriteTensor(const ExportTensor& tensor,
                           SafetensorsWriter& writer) {
    for (const ExportMatrix& matrix : tensor.matrices) {
      SPACEMOE_RETURN_IF_ERROR(WriteMatrix(matrix, tensor.spec.type, writer));
    }
    done_ += tensor.spec.bytes();
    if (options_.progress) options_.progress({done_, summary_.bytes});
    return absl::OkStatus();
  }

  absl::Status WriteIndex() {
    const nlohmann::json index = {
        {"metadata", {{"total_size", summary_.bytes}}},
        {"weight_map", shard_of_}};
    return WriteText(Path("model.safetensors.index.json"),
                     index.dump(2) + "\n");
  }

  absl::Status WriteConfigs() {
    ModelConfig config = checkpoint_.config();
    std::int64_t most = -1;
    for (const auto& [type, bytes] : bytes_by_type_) {
      if (bytes > most) config.stored_dtype = TorchName(type);
      most = std::max(most, bytes);
    }
    SPACEMOE_RETURN_IF_ERROR(
        WriteText(Path("config.json"), WriteHuggingFaceConfig(config)));
    return WriteText(Path("generation_config.json"),
                     WriteGenerationConfig(config));
  }

  // A tokenizer that cannot be written is a note: the weights are still good.
  absl::Status WriteTokenizer() {
    const auto files = ReadTokenizerFiles(checkpoint_.path());
    if (!files.ok()) return Note(files.status());
    const auto text = TokenizerJson(*files);
    if (!text.ok()) return Note(text.status());
    const auto config =
        TokenizerConfigJson(*files, checkpoint_.config().max_positions);
    if (!config.ok()) return Note(config.status());
    SPACEMOE_RETURN_IF_ERROR(WriteText(Path("tokenizer.json"), *text));
    return WriteText(Path("tokenizer_config.json"), *config);
  }

  static absl::StatusOr<std::string> TokenizerJson(
      const TokenizerFiles& files) {
    if (files.gguf) return GgufTokenizerJson(*files.gguf);
    if (!files.sentence_piece) return files.tokenizer_json;
    return absl::UnimplementedError(
        absl::StrCat(files.source, ": cannot be written as tokenizer.json"));
  }

  absl::Status Note(const absl::Status& status) {
    summary_.tokenizer_note = std::string(status.message());
    return absl::OkStatus();
  }

  const Checkpoint& checkpoint_;
  const std::string dir_;
  const ExportOptions& options_;
  ExportSummary summary_;
  std::map<SafetensorsType, std::int64_t> bytes_by_type_;
  std::map<std::string, std::string> shard_of_;
  std::int64_t done_ = 0;
};

// A new folder beside `out_dir`, so that renaming it is atomic.
absl::StatusOr<std::string> MakeFolderBeside(const std::string& out_dir) {
  fs::path target(out_dir);
  if (!target.has_filename()) target = target.parent_path();
  std::error_code error;
  if (target.has_parent_path())
    fs::create_directories(target.parent_path(), error);
  std::string name = target.string() + ".partial-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return FileError("create", name, {errno, std::generic_category()});
  }
  fs::permissions(name,
                  fs::perms::owner_all | fs::perms::group_read |
                      fs::perms::group_exec | fs::perms::others_read |
                      fs::perms::others_exec,
                  error);
  return name;
}

}  // namespace

absl::StatusOr<ExportSummary> ExportHuggingFace(const Checkpoint& checkpoint,
                                                const std::string& out_dir,
                                                const ExportOptions& options) {
  SPACEMOE_RETURN_IF_ERROR(
      CheckSayable(checkpoint.config(), checkpoint.path()));
  SPACEMOE_RETURN_IF_ERROR(CheckTarget(out_dir));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string partial,
                            MakeFolderBeside(out_dir));
  auto remove_partial = absl::MakeCleanup([&partial] {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
  });
  SPACEMOE_ASSIGN_OR_RETURN(ExportSummary summary,
                            Exporter(checkpoint, partial, options).Run());
  SPACEMOE_RETURN_IF_ERROR(CheckTarget(out_dir));
  std::error_code error;
  fs::rename(partial, out_dir, error);  // replaces an empty folder
  if (error) return FileError("rename the finished folder to", out_dir, error);
  std::move(remove_partial).Cancel();
  return summary;
}

}  // namespace spacemoe
