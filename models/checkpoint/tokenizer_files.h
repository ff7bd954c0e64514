// A checkpoint's tokenizer, whatever carries it, as the texts of Hugging
// Face's files.
#ifndef SPACEMOE_MODELS_CHECKPOINT_TOKENIZER_FILES_H_
#define SPACEMOE_MODELS_CHECKPOINT_TOKENIZER_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/gguf.h"

namespace spacemoe {

struct TokenizerFiles {
  std::string tokenizer_json;         // text of tokenizer.json
  std::string tokenizer_config_json;  // text of tokenizer_config.json, or empty
  std::string chat_template;          // Jinja, or empty: there is none
  std::string source;                 // path, for messages
};

// `path`: a GGUF file, a folder with exactly one GGUF file, a checkpoint
// folder, or a folder that holds only tokenizer files. chat_template comes
// from chat_template.jinja, else from tokenizer_config.json (a string, or the
// one named "default" in a list). NOT_FOUND when there is no tokenizer.
absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path);

// Whether `path` has a tokenizer and a chat template, without building them.
struct TokenizerSummary {
  std::string kind;  // "BPE (tokenizer.json)", "gpt2/smollm (GGUF)", "none"
  bool has_chat_template = false;
};
TokenizerSummary SummarizeTokenizer(const std::string& path);

// The tokenizer.json that equals a GGUF file's tokenizer. UNIMPLEMENTED names
// the tokenizer.ggml.model or .pre that is not known.
absl::StatusOr<std::string> GgufTokenizerJson(const GgufFile& file);
// tokenizer_config.json with special tokens and chat_template.
absl::StatusOr<std::string> GgufTokenizerConfigJson(const GgufFile& file);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_TOKENIZER_FILES_H_
