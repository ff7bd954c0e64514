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

// Names as llama.cpp writes them (llama_vocab, pre-tokenizer types).
const std::vector<GgufSplit>& Splits() {
  static const auto* const splits = new std::vector<GgufSplit>{
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
  return *splits;
}

absl::Status PrefixSpace(std::vector<Piece>* pieces) {
  for (Piece& piece : *pieces) {
    if (!piece.text.starts_with(' ')) piece.text.insert(0, 1, ' ');
  }
  return absl::OkStatus();
}

}  // namespace

std::string KnownGgufSplits() {
  std::string names;
  for (const GgufSplit& split : Splits()) {
    for (const std::string_view name : split.names) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(name));
    }
  }
  return names;
}

const GgufSplit* FindGgufSplit(std::string_view name) {
  for (const GgufSplit& split : Splits()) {
    const bool here = std::find(split.names.begin(), split.names.end(), name) !=
                      split.names.end();
    if (here) return &split;
  }
  return nullptr;
}

absl::StatusOr<GgufPreTokenizer> FindGgufPreTokenizer(const std::string& name,
                                                      bool add_space_prefix) {
  const GgufSplit* split = FindGgufSplit(name);
  if (split == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown pre-tokenizer \"", name,
                     "\" (known: ", KnownGgufSplits(), ")"));
  }
  std::vector<PreTokenizer> steps;
  if (add_space_prefix) steps.push_back(PrefixSpace);
  for (const std::string_view pattern : split->patterns) {
    SPACEMOE_ASSIGN_OR_RETURN(auto regex, Regex::Compile(pattern));
    steps.push_back(SplitPreTokenizer(RegexPattern(std::move(regex)),
                                      SplitBehavior::kIsolated, false));
  }
  steps.push_back(ByteAlphabetPreTokenizer());
  return GgufPreTokenizer{SequencePreTokenizer(std::move(steps)),
                          split->ignore_merges, split->nfc};
}

}  // namespace spacemoe
