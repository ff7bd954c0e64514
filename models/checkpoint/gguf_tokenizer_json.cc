#include "models/checkpoint/gguf_tokenizer_json.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/tokenizer/byte_level.h"
#include "models/tokenizer/gguf_pre_tokenizer.h"
#include "nlohmann/json.hpp"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr std::string_view kSingleDigit = R"(\p{N})";

absl::Status Wrong(const GgufTokenizerData& data, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(data.source, ": ", what));
}

absl::StatusOr<const GgufSplit*> FindSplit(const GgufTokenizerData& data) {
  if (data.model != "gpt2") {
    return absl::UnimplementedError(
        absl::StrCat(data.source, ": tokenizer.ggml.model: '", data.model,
                     "' cannot be written as tokenizer.json; known: gpt2"));
  }
  const GgufSplit* split = FindGgufSplit(data.pre);
  if (split != nullptr) return split;
  return absl::UnimplementedError(absl::StrCat(
      data.source, ": tokenizer.ggml.pre: '", data.pre,
      "' cannot be written as tokenizer.json; known: ", KnownGgufSplits()));
}

json ByteLevel(bool add_prefix_space, bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", add_prefix_space},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

json SplitStep(std::string_view pattern) {
  if (pattern == kSingleDigit) {
    return {{"type", "Digits"}, {"individual_digits", true}};
  }
  return {{"type", "Split"},
          {"pattern", {{"Regex", std::string(pattern)}}},
          {"behavior", "Isolated"},
          {"invert", false}};
}

// GPT-2's own pattern, where it comes last, is a part of ByteLevel.
json PreTokenizerJson(const GgufSplit& split, bool add_space_prefix) {
  std::vector<std::string_view> patterns = split.patterns;
  const bool use_regex = patterns.back() == kGpt2Pattern;
  if (use_regex) patterns.pop_back();
  json last = ByteLevel(add_space_prefix, use_regex);
  if (patterns.empty()) return last;
  json steps = json::array();
  for (const std::string_view pattern : patterns) {
    steps.push_back(SplitStep(pattern));
  }
  steps.push_back(std::move(last));
  return {{"type", "Sequence"}, {"pretokenizers", std::move(steps)}};
}

absl::StatusOr<json> Vocabulary(const GgufTokenizerData& data) {
  json vocabulary = json::object();
  for (std::size_t id = 0; id < data.tokens.size(); ++id) {
    const auto [it, added] = vocabulary.emplace(data.tokens[id], id);
    if (!added) {
      return Wrong(data, absl::StrCat("tokenizer.ggml.tokens: ids ",
                                      it->get<std::size_t>(), " and ", id,
                                      " are the same token"));
    }
  }
  return vocabulary;
}

absl::StatusOr<json> AddedTokens(const GgufTokenizerData& data) {
  if (!data.token_types.empty() &&
      data.token_types.size() != data.tokens.size()) {
    return Wrong(data, absl::StrCat("tokenizer.ggml.token_type: expected ",
                                    data.tokens.size(), " types, found ",
                                    data.token_types.size()));
  }
  json added = json::array();
  for (std::size_t id = 0; id < data.token_types.size(); ++id) {
    const auto type = static_cast<GgufTokenType>(data.token_types[id]);
    const bool special =
        type == GgufTokenType::kControl || type == GgufTokenType::kUnknown;
    if (!special && type != GgufTokenType::kUserDefined) continue;
    added.push_back({{"id", id},
                     {"content", data.tokens[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", special}});
  }
  return added;
}

absl::StatusOr<json> SpecialToken(const GgufTokenizerData& data,
                                  const char* key,
                                  const std::optional<std::int64_t>& id) {
  const auto count = static_cast<std::int64_t>(data.tokens.size());
  if (id && *id >= 0 && *id < count) {
    return json{{"id", data.tokens[*id]},
                {"ids", {*id}},
                {"tokens", {data.tokens[*id]}}};
  }
  return Wrong(data, absl::StrCat("tokenizer.ggml.", key,
                                  ": expected a token id below ", count));
}

json TemplateStep(const std::string& token) {
  return {{"SpecialToken", {{"id", token}, {"type_id", 0}}}};
}

// TemplateProcessing with the tokens that every text gets; else null.
absl::StatusOr<json> PostProcessor(const GgufTokenizerData& data) {
  if (!data.add_bos && !data.add_eos) return json(nullptr);
  json special = json::object();
  json single = {{{"Sequence", {{"id", "A"}, {"type_id", 0}}}}};
  json pair = {{{"Sequence", {{"id", "A"}, {"type_id", 0}}}},
               {{"Sequence", {{"id", "B"}, {"type_id", 1}}}}};
  for (const bool bos : {true, false}) {
    if (!(bos ? data.add_bos : data.add_eos)) continue;
    SPACEMOE_ASSIGN_OR_RETURN(
        json token, bos ? SpecialToken(data, "bos_token_id", data.bos_id)
                        : SpecialToken(data, "eos_token_id", data.eos_id));
    const auto name = token["id"].get<std::string>();
    special[name] = std::move(token);
    for (json* steps : {&single, &pair}) {
      steps->insert(bos ? steps->begin() : steps->end(), TemplateStep(name));
    }
  }
  return json{{"type", "TemplateProcessing"},
              {"single", std::move(single)},
              {"pair", std::move(pair)},
              {"special_tokens", std::move(special)}};
}

// Text that is not UTF-8 cannot be JSON.
absl::StatusOr<std::string> Dump(const json& value, const std::string& where) {
  try {
    return value.dump(2) + "\n";
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": ", error.what()));
  }
}

absl::StatusOr<json> Model(const GgufTokenizerData& data,
                           const GgufSplit& split) {
  SPACEMOE_ASSIGN_OR_RETURN(json vocabulary, Vocabulary(data));
  return json{{"type", "BPE"},
              {"dropout", nullptr},
              {"unk_token", nullptr},
              {"continuing_subword_prefix", nullptr},
              {"end_of_word_suffix", nullptr},
              {"fuse_unk", false},
              {"byte_fallback", false},
              {"ignore_merges", split.ignore_merges},
              {"vocab", std::move(vocabulary)},
              {"merges", data.merges}};
}

}  // namespace

absl::StatusOr<std::string> GgufTokenizerJson(const GgufTokenizerData& data) {
  SPACEMOE_ASSIGN_OR_RETURN(const GgufSplit* split, FindSplit(data));
  json out = {
      {"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr}};
  out["normalizer"] = nullptr;
  if (split->nfc) out["normalizer"] = {{"type", "NFC"}};
  out["pre_tokenizer"] = PreTokenizerJson(*split, data.add_space_prefix);
  out["decoder"] = ByteLevel(true, true);
  SPACEMOE_ASSIGN_OR_RETURN(out["added_tokens"], AddedTokens(data));
  SPACEMOE_ASSIGN_OR_RETURN(out["post_processor"], PostProcessor(data));
  SPACEMOE_ASSIGN_OR_RETURN(out["model"], Model(data, *split));
  return Dump(out, data.source);
}

absl::StatusOr<std::string> TokenizerConfigJson(const TokenizerFiles& files,
                                                std::int64_t max_positions) {
  json out = {{"tokenizer_class", "PreTrainedTokenizerFast"},
              {"clean_up_tokenization_spaces", false},
              {"model_max_length", max_positions}};
  for (const auto& [name, text] : files.special_tokens) out[name] = text;
  if (!files.chat_template.empty()) out["chat_template"] = files.chat_template;
  return Dump(out, files.source);
}

}  // namespace spacemoe
