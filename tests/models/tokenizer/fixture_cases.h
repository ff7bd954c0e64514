// The tokenizers in tests/testdata/tokenizers and their cases.
#ifndef SPACEMOE_TESTS_MODELS_TOKENIZER_FIXTURE_CASES_H_
#define SPACEMOE_TESTS_MODELS_TOKENIZER_FIXTURE_CASES_H_

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace spacemoe {

inline const std::vector<std::string>& FixtureNames() {
  static const auto* const names = new std::vector<std::string>{
      "gpt2",        "smollm", "qwen2",   "llama3", "gpt_oss", "deepseek_v2",
      "deepseek_v3", "llama2", "mixtral", "phi3",   "neox",    "unigram"};
  return *names;
}

inline std::string FixtureFolder(const std::string& name) {
  return std::string(SPACEMOE_TESTDATA) + "/tokenizers/" + name;
}

// One JSON value for each line; empty where there is no such file.
inline std::vector<nlohmann::ordered_json> ReadCases(const std::string& path) {
  std::vector<nlohmann::ordered_json> cases;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    cases.push_back(nlohmann::ordered_json::parse(line));
  }
  return cases;
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_MODELS_TOKENIZER_FIXTURE_CASES_H_
