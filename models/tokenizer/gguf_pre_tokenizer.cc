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
constexpr std::string_view kTekken =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*)"
    R"([\p{Ll}\p{Lm}\p{Lo}\p{M}]+|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+)"
    R"([\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kNewline = R"([\r\n])";
// The cased letters, as the DeepSeek tokenizers list them.
constexpr std::string_view kDeepSeekLetters =
    "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf"
    "\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f"
    "\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-"
    "\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba"
    "\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-"
    "\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-"
    "\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-"
    "\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107"
    "\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-"
    "\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b"
    "\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-"
    "\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17"
    "\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044F\U000104B0-\U000104D3"
    "\U000104D8-\U000104FB\U00010C80-\U00010CB2\U00010CC0-\U00010CF2\U000118A0-"
    "\U000118DF\U0001E900-\U0001E943]+";
constexpr std::string_view kDeepSeekMarks =
    "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+";
constexpr std::string_view kSpacesAtEnd = R"(\s+$)";
constexpr std::string_view kDeepSeekCjk =
    "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+";
constexpr std::string_view kLetters = R"(\s?\p{L}+)";
constexpr std::string_view kMarks = R"(\s?\p{P}+)";
constexpr std::string_view kDeepSeekV3Kana =
    "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+";
constexpr std::string_view kDeepSeekV3 =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|)"
    R"([^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|)"
    R"(\s*[\r\n]+|\s+(?!\S)|\s+)";

// Names as llama.cpp writes them (llama_vocab, pre-tokenizer types).
const std::vector<GgufSplit>& Splits() {
  static const auto* const splits = new std::vector<GgufSplit>{
      {{"gpt-2", "gpt2", "phi-2", "mpt", "jais", "trillion", "granite-docling"},
       {kGpt2Pattern}},
      // The models of this name have GPT-NeoX's tokenizer, which normalizes.
      {{"olmo"}, {kGpt2Pattern}, false, true},
      {{"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone",
        "minerva-7b"},
       {kDigit, kGpt2Pattern}},
      {{"llama-bpe", "llama3", "llama-v3", "falcon3"}, {kLlama3}, true},
      {{"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"}, {kLlama3}},
      {{"qwen2", "deepseek-r1-qwen"}, {kQwen2}, false, true},
      {{"stablelm2", "hunyuan"}, {kQwen2}},
      {{"gpt-4o", "llama4", "minimax-m2"}, {kGpt4o}, true},
      {{"tekken"}, {kTekken}, true},
      {{"deepseek-llm"},
       {kNewline, kDeepSeekLetters, kDeepSeekMarks, kSpacesAtEnd, kDeepSeekCjk,
        kDigit}},
      {{"deepseek-coder"}, {kNewline, kLetters, kMarks, kDeepSeekCjk, kDigit}},
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
