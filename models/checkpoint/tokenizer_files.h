// Where a checkpoint's tokenizer comes from.
#ifndef SPACEMOE_MODELS_CHECKPOINT_TOKENIZER_FILES_H_
#define SPACEMOE_MODELS_CHECKPOINT_TOKENIZER_FILES_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/gguf.h"
#include "models/tokenizer/gguf_tokenizer_data.h"
#include "models/tokenizer/sentence_piece_files.h"

namespace spacemoe {

struct TokenizerFiles {
  std::string source;  // the file that says how to tokenise, for messages
  // Exactly one of these is set.
  std::string tokenizer_json;  // text of tokenizer.json
  std::optional<GgufTokenizerData> gguf;
  std::optional<SentencePieceFiles> sentence_piece;

  std::string chat_template;  // Jinja, or empty: there is none
  // The one for conversations with tools, where it is another; else empty.
  std::string tool_use_template;
  // The texts that templates know as bos_token, eos_token, pad_token,
  // unk_token, sep_token, cls_token and mask_token; only those that exist.
  std::map<std::string, std::string> special_tokens;
};

// `path`: a GGUF file, a folder with exactly one GGUF file, a checkpoint
// folder, or a folder that holds only tokenizer files: tokenizer.json, else
// tokenizer.model (SentencePiece). The chat template comes
// from chat_template.jinja, else from tokenizer_config.json (a string, or those
// named "default" and "tool_use" in a list); one named "tool_use" also from
// additional_chat_templates/tool_use.jinja. NOT_FOUND when there is no
// tokenizer.
absl::StatusOr<TokenizerFiles> ReadTokenizerFiles(const std::string& path);

// The same for a GGUF file that is open already.
absl::StatusOr<TokenizerFiles> ReadGgufTokenizer(const GgufFile& file);

// What `path` has, without building it.
struct TokenizerSummary {
  std::string kind;  // "BPE (tokenizer.json)", "gpt2, smollm (GGUF)", "none"
  bool has_chat_template = false;
};
TokenizerSummary SummarizeTokenizer(const std::string& path);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_TOKENIZER_FILES_H_
