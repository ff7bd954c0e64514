#include "models/tokenizer/gguf_pre_tokenizer.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/tokenizer/byte_level.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr std::string_view kDigit = R"(\p{N})";
constexpr std::string_view kUpToThreeDigits = R"(\p{N}{1,3})";
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*)"
    R"([\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+)"
    R"([\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kDeepSeekV3Kana =
    "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+";
constexpr std::string_view kDeepSeekV3 =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|)"
    R"([^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Recipe {
  std::vector<std::string_view> names;
  std::vector<std::string_view> patterns;  // applied one after another
  bool ignore_merges = false;
  bool nfc = false;
};

// Names as llama.cpp writes them (llama_vocab, pre-tokenizer types).
const std::vector<Recipe>& Recipes() {
  static const auto* const recipes = new std::vector<Recipe>{
      {{"gpt-2", "gpt2", "phi-2", "mpt", "olmo", "jais", "trillion",
        "granite-docling"},
       {kGpt2Pattern}},
      {{"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone",
        "minerva-7b"},
       {kDigit, kGpt2Pattern}},
      {{"llama-bpe", "llama3", "llama-v3", "falcon3"}, {kLlama3}, true},
      {{"dbrx", "smaug-bpe", "chatglm-bpe"}, {kLlama3}},
      {{"qwen2", "deepseek-r1-qwen"}, {kQwen2}, false, true},
      {{"gpt-4o"}, {kGpt4o}, true},
      {{"deepseek-v3"}, {kUpToThreeDigits, kDeepSeekV3Kana, kDeepSeekV3}},
  };
  return *recipes;
}

std::string KnownNames() {
  std::string names;
  for (const Recipe& recipe : Recipes()) {
    for (const std::string_view name : recipe.names) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(name));
    }
  }
  return names;
}

const Recipe* FindRecipe(std::string_view name) {
  for (const Recipe& recipe : Recipes()) {
    const bool here = std::find(recipe.names.begin(), recipe.names.end(),
                                name) != recipe.names.end();
    if (here) return &recipe;
  }
  return nullptr;
}

absl::Status PrefixSpace(std::vector<Piece>* pieces) {
  for (Piece& piece : *pieces) {
    if (!piece.text.starts_with(' ')) piece.text.insert(0, 1, ' ');
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GgufPreTokenizer> FindGgufPreTokenizer(const std::string& name,
                                                      bool add_space_prefix) {
  const Recipe* recipe = FindRecipe(name);
  if (recipe == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown pre-tokenizer \"", name, "\" (known: ", KnownNames(), ")"));
  }
  std::vector<PreTokenizer> steps;
  if (add_space_prefix) steps.push_back(PrefixSpace);
  for (const std::string_view pattern : recipe->patterns) {
    SPACEMOE_ASSIGN_OR_RETURN(auto regex, Regex::Compile(pattern));
    steps.push_back(SplitPreTokenizer(RegexPattern(std::move(regex)),
                                      SplitBehavior::kIsolated, false));
  }
  steps.push_back(ByteAlphabetPreTokenizer());
  return GgufPreTokenizer{SequencePreTokenizer(std::move(steps)),
                          recipe->ignore_merges, recipe->nfc};
}

}  // namespace spacemoe
