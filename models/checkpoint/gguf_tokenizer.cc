#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/tokenizer_files.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kPrefix[] = "tokenizer.ggml.";

std::string Key(const char* name) { return absl::StrCat(kPrefix, name); }

absl::StatusOr<std::optional<std::int64_t>> OptionalId(const GgufFile& file,
                                                       const char* name) {
  if (!file.Has(Key(name))) return std::optional<std::int64_t>();
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t id, file.GetInt(Key(name)));
  return std::optional<std::int64_t>(id);
}

absl::StatusOr<bool> BoolOr(const GgufFile& file, const char* name,
                            bool fallback) {
  if (!file.Has(Key(name))) return fallback;
  return file.GetBool(Key(name));
}

absl::Status ReadIds(const GgufFile& file, GgufTokenizerData& data) {
  SPACEMOE_ASSIGN_OR_RETURN(data.bos_id, OptionalId(file, "bos_token_id"));
  SPACEMOE_ASSIGN_OR_RETURN(data.eos_id, OptionalId(file, "eos_token_id"));
  SPACEMOE_ASSIGN_OR_RETURN(data.unk_id, OptionalId(file, "unknown_token_id"));
  SPACEMOE_ASSIGN_OR_RETURN(data.pad_id, OptionalId(file, "padding_token_id"));
  return absl::OkStatus();
}

// What llama.cpp takes where the file does not say.
absl::Status ReadFlags(const GgufFile& file, GgufTokenizerData& data) {
  const bool llama3 =
      data.pre == "llama-bpe" || data.pre == "llama3" || data.pre == "llama-v3";
  const bool spm = data.model == "llama";
  const bool unigram = data.model == "t5";
  SPACEMOE_ASSIGN_OR_RETURN(data.add_bos,
                            BoolOr(file, "add_bos_token", llama3 || spm));
  SPACEMOE_ASSIGN_OR_RETURN(data.add_eos,
                            BoolOr(file, "add_eos_token", unigram));
  SPACEMOE_ASSIGN_OR_RETURN(data.add_space_prefix,
                            BoolOr(file, "add_space_prefix", spm || unigram));
  SPACEMOE_ASSIGN_OR_RETURN(data.remove_extra_whitespaces,
                            BoolOr(file, "remove_extra_whitespaces", false));
  return absl::OkStatus();
}

// Llama's and T5's ids, which such files need not repeat.
void TakeDefaultIds(GgufTokenizerData& data) {
  if (data.model == "llama") {
    data.bos_id = data.bos_id.value_or(1);
    data.eos_id = data.eos_id.value_or(2);
  } else if (data.model == "t5") {
    data.eos_id = data.eos_id.value_or(1);
  }
}

absl::Status ReadLists(const GgufFile& file, GgufTokenizerData& data) {
  SPACEMOE_ASSIGN_OR_RETURN(data.tokens, file.GetStrings(Key("tokens")));
  if (file.Has(Key("token_type"))) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto types,
                              file.GetInts(Key("token_type")));
    data.token_types.assign(types.begin(), types.end());
  }
  if (file.Has(Key("scores"))) {
    SPACEMOE_ASSIGN_OR_RETURN(data.scores, file.GetFloats(Key("scores")));
  }
  if (file.Has(Key("precompiled_charsmap"))) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto bytes,
                              file.GetInts(Key("precompiled_charsmap")));
    data.charsmap.assign(bytes.begin(), bytes.end());
  }
  if (file.Has(Key("merges"))) {
    SPACEMOE_ASSIGN_OR_RETURN(data.merges, file.GetStrings(Key("merges")));
  }
  return absl::OkStatus();
}

void AddSpecial(const GgufTokenizerData& data, const char* name,
                const std::optional<std::int64_t>& id,
                std::map<std::string, std::string>& out) {
  const auto count = static_cast<std::int64_t>(data.tokens.size());
  if (id && *id >= 0 && *id < count) out[name] = data.tokens[*id];
}

}  // namespace

absl::StatusOr<TokenizerFiles> ReadGgufTokenizer(const GgufFile& file) {
  if (!file.Has(Key("model"))) {
    return absl::NotFoundError(
        absl::StrCat(file.path(), ": the file carries no tokenizer"));
  }
  TokenizerFiles files;
  files.source = file.path();
  GgufTokenizerData& data = files.gguf.emplace();
  data.source = file.path();
  SPACEMOE_ASSIGN_OR_RETURN(data.model, file.GetString(Key("model")));
  data.pre = "default";
  if (file.Has(Key("pre"))) {
    SPACEMOE_ASSIGN_OR_RETURN(data.pre, file.GetString(Key("pre")));
  }
  SPACEMOE_RETURN_IF_ERROR(ReadLists(file, data));
  SPACEMOE_RETURN_IF_ERROR(ReadIds(file, data));
  TakeDefaultIds(data);
  SPACEMOE_RETURN_IF_ERROR(ReadFlags(file, data));
  AddSpecial(data, "bos_token", data.bos_id, files.special_tokens);
  AddSpecial(data, "eos_token", data.eos_id, files.special_tokens);
  AddSpecial(data, "unk_token", data.unk_id, files.special_tokens);
  AddSpecial(data, "pad_token", data.pad_id, files.special_tokens);
  if (file.Has("tokenizer.chat_template")) {
    SPACEMOE_ASSIGN_OR_RETURN(files.chat_template,
                              file.GetString("tokenizer.chat_template"));
  }
  if (file.Has("tokenizer.chat_template.tool_use")) {
    SPACEMOE_ASSIGN_OR_RETURN(
        files.tool_use_template,
        file.GetString("tokenizer.chat_template.tool_use"));
  }
  return files;
}

}  // namespace spacemoe
