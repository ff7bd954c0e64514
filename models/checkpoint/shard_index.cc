#include "models/checkpoint/shard_index.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/checkpoint_path.h"
#include "models/config/json_text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr char kSingle[] = "model.safetensors";
constexpr char kIndex[] = "model.safetensors.index.json";
constexpr std::size_t kMaxIndexBytes = 100'000'000;

absl::StatusOr<std::string> ParseFileName(const std::string& tensor,
                                          const json& value,
                                          const std::string& where) {
  if (value.is_string()) {
    const auto name = value.get<std::string>();
    const bool plain =
        !name.empty() && name != "." && name != ".." &&
        name.find_first_of(std::string("/\0", 2)) == std::string::npos;
    if (plain) return name;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": weight_map '", tensor,
                   "': expected the name of a file in the same folder, found ",
                   value.dump(-1, ' ', true, json::error_handler_t::replace)));
}

absl::StatusOr<ShardIndex> ParseIndex(const std::string& text,
                                      const std::string& where) {
  const absl::StatusOr<json> parsed = ParseJsonObject(text, where);
  if (!parsed.ok()) return absl::DataLossError(parsed.status().message());
  const auto map = parsed->find("weight_map");
  if (map == parsed->end() || !map->is_object() || map->empty()) {
    return absl::DataLossError(
        absl::StrCat(where, ": expected an object in 'weight_map'"));
  }
  ShardIndex index;
  std::set<std::string> files;
  for (const auto& [tensor, value] : map->items()) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::string file,
                              ParseFileName(tensor, value, where));
    index.weight_map[tensor] = file;
    files.insert(file);
  }
  index.files.assign(files.begin(), files.end());
  return index;
}

}  // namespace

bool ShardIndex::Places(const std::string& tensor,
                        const std::string& file) const {
  if (weight_map.empty()) return true;
  const auto it = weight_map.find(tensor);
  return it != weight_map.end() && it->second == file;
}

absl::StatusOr<ShardIndex> ReadShardIndex(const std::string& folder) {
  const std::string where = folder + "/" + kIndex;
  if (FileExists(where)) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::string text,
                              ReadTextFile(where, kMaxIndexBytes));
    return ParseIndex(text, where);
  }
  if (FileExists(folder + "/" + kSingle)) return ShardIndex{{kSingle}, {}};
  return absl::NotFoundError(absl::StrCat(folder, ": expected ", kSingle,
                                          " or ", kIndex, ", found neither"));
}

absl::Status CheckShard(const ShardIndex& index, const std::string& file,
                        const SafetensorsFile& shard) {
  for (const auto& [tensor, place] : index.weight_map) {
    if (place == file && shard.Find(tensor) == nullptr) {
      return absl::DataLossError(
          absl::StrCat(shard.path(), ": tensor '", tensor,
                       "' is missing, which the index places in this file"));
    }
  }
  return absl::OkStatus();
}

}  // namespace spacemoe
