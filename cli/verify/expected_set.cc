#include "cli/verify/expected_set.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/mapped_file.h"
#include "models/config/json_text.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr size_t kMaxJsonBytes = 256 << 20;

absl::StatusOr<std::vector<int64_t>> IdsOf(const json& prompt, const char* key,
                                           const std::string& where) {
  const auto field = prompt.find(key);
  const bool array = field != prompt.end() && field->is_array();
  std::vector<int64_t> ids;
  bool integers = array;
  for (const json& id : array ? *field : json::array()) {
    integers = integers && id.is_number_integer();
    if (integers) ids.push_back(id.get<int64_t>());
  }
  if (integers) return ids;
  return absl::InvalidArgumentError(
      absl::StrCat(where, ".", key, ": expected a list of token ids"));
}

absl::StatusOr<std::vector<ExpectedPrompt>> ReadPrompts(
    const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text,
                            ReadTextFile(path, kMaxJsonBytes));
  SPACEMOE_ASSIGN_OR_RETURN(const json document, ParseJsonObject(text, path));
  const auto list = document.find("prompts");
  if (list == document.end() || !list->is_array() || list->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": prompts: expected a list of prompts"));
  }
  std::vector<ExpectedPrompt> prompts;
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string where = absl::StrCat(path, ": prompts[", i, "]");
    const json& entry = (*list)[i];
    if (!entry.is_object()) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": expected an object"));
    }
    ExpectedPrompt prompt;
    SPACEMOE_ASSIGN_OR_RETURN(prompt.ids, IdsOf(entry, "input_ids", where));
    SPACEMOE_ASSIGN_OR_RETURN(prompt.continuation,
                              IdsOf(entry, "continuation", where));
    prompts.push_back(std::move(prompt));
  }
  return prompts;
}

template <typename T>
absl::StatusOr<std::vector<T>> Values(const SafetensorsFile& file,
                                      std::string_view name,
                                      std::string_view type) {
  const TensorInfo* tensor = file.Find(name);
  if (tensor == nullptr) {
    return absl::NotFoundError(
        absl::StrCat(file.path(), ": no tensor '", std::string(name), "'"));
  }
  if (tensor->type_name != type) {
    return absl::InvalidArgumentError(absl::StrCat(
        file.path(), ": tensor '", std::string(name), "': expected ",
        std::string(type), ", found ", tensor->type_name));
  }
  std::vector<T> values(static_cast<size_t>(tensor->bytes) / sizeof(T));
  std::memcpy(values.data(), tensor->data, values.size() * sizeof(T));
  return values;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ExpectedSet>> ExpectedSet::Open(
    const std::string& folder) {
  SPACEMOE_ASSIGN_OR_RETURN(auto prompts,
                            ReadPrompts(folder + "/expected.json"));
  SPACEMOE_ASSIGN_OR_RETURN(
      auto tensors, SafetensorsFile::Open(folder + "/expected.safetensors"));
  return std::unique_ptr<ExpectedSet>(
      new ExpectedSet(std::move(prompts), std::move(tensors)));
}

absl::StatusOr<std::vector<float>> ExpectedSet::Floats(
    std::string_view name) const {
  return Values<float>(*tensors_, name, "F32");
}

absl::StatusOr<std::vector<int64_t>> ExpectedSet::Integers(
    std::string_view name) const {
  return Values<int64_t>(*tensors_, name, "I64");
}

std::vector<std::string> ExpectedSet::NamesWith(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const TensorInfo& tensor : tensors_->tensors()) {
    if (tensor.name.starts_with(prefix)) names.push_back(tensor.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace spacemoe
