#include "tests/models/engine/reference.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace spacemoe {
namespace {

template <typename T>
T ValueOrThrow(absl::StatusOr<T> value) {
  if (!value.ok()) throw std::runtime_error(value.status().ToString());
  return *std::move(value);
}

template <typename T>
std::vector<T> Values(const SafetensorsFile& file, const std::string& name) {
  const TensorInfo* tensor = file.Find(name);
  if (tensor == nullptr) throw std::runtime_error("no tensor " + name);
  std::vector<T> values(tensor->bytes / sizeof(T));
  std::memcpy(values.data(), tensor->data, tensor->bytes);
  return values;
}

}  // namespace

nlohmann::json ReadJson(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

std::vector<std::string> ReferenceNames() {
  std::vector<std::string> names;
  const std::string folder = std::string(SPACEMOE_TESTDATA) + "/models";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Reference OpenReference(const std::string& folder) {
  Reference reference;
  reference.checkpoint = ValueOrThrow(Checkpoint::Open(folder));
  reference.tensors =
      ValueOrThrow(SafetensorsFile::Open(folder + "/expected.safetensors"));
  reference.expected = ReadJson(folder + "/expected.json");
  return reference;
}

std::vector<int64_t> Reference::PromptIds(size_t prompt) const {
  return expected["prompts"][prompt]["input_ids"];
}

std::vector<int64_t> Reference::Continuation(size_t prompt) const {
  return expected["prompts"][prompt]["continuation"];
}

std::vector<float> Reference::Floats(const std::string& name) const {
  return Values<float>(*tensors, name);
}

std::vector<int64_t> Reference::Integers(const std::string& name) const {
  return Values<int64_t>(*tensors, name);
}

double MaxDifference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    if (!std::isfinite(difference)) return HUGE_VAL;
    most = std::max(most, difference);
  }
  return most;
}

}  // namespace spacemoe
