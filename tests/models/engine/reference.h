// A fixture's checkpoint with what transformers computes from it.
#ifndef SPACEMOE_TESTS_MODELS_ENGINE_REFERENCE_H_
#define SPACEMOE_TESTS_MODELS_ENGINE_REFERENCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/checkpoint/checkpoint.h"
#include "models/checkpoint/safetensors.h"
#include "nlohmann/json.hpp"

namespace spacemoe {

struct Reference {
  std::unique_ptr<Checkpoint> checkpoint;
  std::unique_ptr<SafetensorsFile> tensors;  // expected.safetensors
  nlohmann::json expected;                   // expected.json

  double logits_std() const { return expected["logits_std"]; }
  size_t prompts() const { return expected["prompts"].size(); }
  std::vector<int64_t> PromptIds(size_t prompt) const;
  std::vector<int64_t> Continuation(size_t prompt) const;
  std::vector<float> Floats(const std::string& name) const;
  std::vector<int64_t> Integers(const std::string& name) const;
};

// The names of all fixtures, ascending.
std::vector<std::string> ReferenceNames();

// Throws where the fixture is not as it should be.
Reference OpenReference(const std::string& folder);

// A whole JSON file.
nlohmann::json ReadJson(const std::string& path);

// Largest difference; infinite when sizes differ or a value is not finite.
double MaxDifference(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_MODELS_ENGINE_REFERENCE_H_
