#include "models/checkpoint/tokenizer_files.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/checkpoint_path.h"
#include "models/checkpoint/mapped_file.h"
#include "models/config/json_text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxTokenizerBytes = 512 << 20;
constexpr std::size_t kMaxConfigBytes = 64 << 20;

// A special token is a string or an object with "content".
std::string TokenText(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object()) return "";
  const auto content = value.find("content");
  if (content == value.end() || !content->is_string()) return "";
  return content->get<std::string>();
}

void ReadSpecialTokens(const json& config, TokenizerFiles& files) {
  for (const char* name : {"bos_token", "eos_token", "pad_token", "unk_token",
                           "sep_token", "cls_token", "mask_token"}) {
    const auto it = config.find(name);
    if (it == config.end()) continue;
    const std::string text = TokenText(*it);
    if (!text.empty()) files.special_tokens[name] = text;
  }
}

// Empty when there is none of that name.
std::string NamedTemplate(const json& list, std::string_view wanted) {
  for (const json& entry : list) {
    if (!entry.is_object()) continue;
    const auto name = entry.find("name");
    const auto text = entry.find("template");
    if (name != entry.end() && *name == wanted && text != entry.end() &&
        text->is_string()) {
      return text->get<std::string>();
    }
  }
  return "";
}

absl::Status ReadConfigTemplates(const json& config, const std::string& where,
                                 TokenizerFiles& files) {
  const auto it = config.find("chat_template");
  if (it == config.end() || it->is_null()) return absl::OkStatus();
  if (it->is_string()) {
    files.chat_template = it->get<std::string>();
    return absl::OkStatus();
  }
  if (!it->is_array()) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": field 'chat_template': expected a string or a list, found ",
        it->type_name()));
  }
  files.chat_template = NamedTemplate(*it, "default");
  files.tool_use_template = NamedTemplate(*it, "tool_use");
  if (!files.chat_template.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(where,
                   ": field 'chat_template': expected a template named "
                   "'default' in the list, found none"));
}

// Replaces `text` by the file's, if there is such a file.
absl::Status ReadTemplateFile(const std::string& path, std::string& text) {
  if (!FileExists(path)) return absl::OkStatus();
  SPACEMOE_ASSIGN_OR_RETURN(text, ReadTextFile(path, kMaxConfigBytes));
  return absl::OkStatus();
}

// tokenizer_config.json and the files with templates, all optional.
absl::Status ReadConfig(const std::string& folder, TokenizerFiles& files) {
  const std::string path = folder + "/tokenizer_config.json";
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text,
                            ReadOptionalFile(path, kMaxConfigBytes));
  if (!text.empty()) {
    SPACEMOE_ASSIGN_OR_RETURN(const json config, ParseJsonObject(text, path));
    ReadSpecialTokens(config, files);
    SPACEMOE_RETURN_IF_ERROR(ReadConfigTemplates(config, path, files));
  }
  SPACEMOE_RETURN_IF_ERROR(
      ReadTemplateFile(folder + "/chat_template.jinja", files.chat_template));
  return ReadTemplateFile(folder + "/additional_chat_templates/tool_use.jinja",
                          files.tool_use_template);
}

absl::StatusOr<TokenizerFiles> ReadFolder(const std::string& folder) {
  TokenizerFiles files;
  files.source = folder + "/tokenizer.json";
  SPACEMOE_ASSIGN_OR_RETURN(files.tokenizer_json,
                            ReadTextFile(files.source, kMaxTokenizerBytes));
  SPACEMOE_RETURN_IF_ERROR(ReadConfig(folder, files));
  return files;
}

absl::StatusOr<TokenizerFiles> ReadSentencePieceFolder(
    const std::string& folder) {
  TokenizerFiles files;
  files.source = folder + "/tokenizer.model";
  SentencePieceFiles& model = files.sentence_piece.emplace();
  model.source = files.source;
  SPACEMOE_ASSIGN_OR_RETURN(model.model,
                            ReadTextFile(files.source, kMaxTokenizerBytes));
  SPACEMOE_ASSIGN_OR_RETURN(
      model.tokenizer_config_json,
      ReadOptionalFile(folder + "/tokenizer_config.json", kMaxConfigBytes));
  SPACEMOE_ASSIGN_OR_RETURN(
      model.added_tokens_json,
      ReadOptionalFile(folder + "/added_tokens.json", kMaxConfigBytes));
  SPACEMOE_RETURN_IF_ERROR(ReadConfig(folder, files));
  return files;
}

// The GGUF file at `path` or in it; empty when there is none.
std::string GgufAt(const std::string& path) {
  const absl::StatusOr<CheckpointPath> found = ResolvePath(path);
  const bool gguf = found.ok() && found->format == CheckpointFormat::kGguf;
  return gguf ? found->path : "";
}

std::string SummarizeGguf(const std::string& path) {
  const auto file = GgufFile::Open(path);
  if (!file.ok()) return "none";
  const auto model = (*file)->GetString("tokenizer.ggml.model");
  if (!model.ok()) return "none";
  const auto pre = (*file)->GetString("tokenizer.ggml.pre");
  return absl::StrCat(*model, pre.ok() ? ", " + *pre : "", " (GGUF)");
}

std::string SummarizeFolder(const std::string& folder) {
  const std::string path = folder + "/tokenizer.json";
  if (!FileExists(path)) {
    return FileExists(folder + "/tokenizer.model")
               ? "SentencePiece (tokenizer.model)"
               : "none";
  }
  const auto text = ReadTextFile(path, kMaxTokenizerBytes);
  if (!text.ok()) return "unreadable tokenizer.json";
  const auto parsed = ParseJsonObject(*text, path);
  if (!parsed.ok()) return "unreadable tokenizer.json";
  const auto type = parsed->find("model");
  if (type == parsed->end() || !type->is_object()) return "tokenizer.json";
  const auto name = type->find("type");
  if (name == type->end() || !name->is_string()) return "tokenizer.json";
  return absl::StrCat(name->get<std::string>(), " (tokenizer.json)");
}

}  // namespace

absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path) {
  if (FileExists(path + "/tokenizer.json")) return ReadFolder(path);
  if (FileExists(path + "/tokenizer.model")) {
    return ReadSentencePieceFolder(path);
  }
  const std::string gguf = GgufAt(path);
  if (gguf.empty()) {
    return absl::NotFoundError(absl::StrCat(
        path,
        ": expected tokenizer.json, tokenizer.model or a GGUF file, found "
        "none of them"));
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto file, GgufFile::Open(gguf));
  return ReadGgufTokenizer(*file);
}

TokenizerSummary SummarizeTokenizer(const std::string& path) {
  TokenizerSummary summary;
  const std::string gguf = GgufAt(path);
  if (!gguf.empty() && !FileExists(path + "/tokenizer.json")) {
    const auto file = GgufFile::Open(gguf);
    summary.kind = SummarizeGguf(gguf);
    summary.has_chat_template =
        file.ok() && (*file)->Has("tokenizer.chat_template");
    return summary;
  }
  summary.kind = SummarizeFolder(path);
  TokenizerFiles files;
  summary.has_chat_template =
      ReadConfig(path, files).ok() && !files.chat_template.empty();
  return summary;
}

}  // namespace spacemoe
