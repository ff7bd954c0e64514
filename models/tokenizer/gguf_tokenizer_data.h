// The tokenizer that a GGUF file carries (keys tokenizer.ggml.*).
#ifndef SPACEMOE_MODELS_TOKENIZER_GGUF_TOKENIZER_DATA_H_
#define SPACEMOE_MODELS_TOKENIZER_GGUF_TOKENIZER_DATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spacemoe {

// Values of tokenizer.ggml.token_type.
enum class GgufTokenType : int32_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6,
};

struct GgufTokenizerData {
  std::string source;                // the file, for errors
  std::string model;                 // tokenizer.ggml.model: gpt2, llama, t5
  std::string pre;                   // tokenizer.ggml.pre: "smollm", ...
  std::vector<std::string> tokens;   // by id
  std::vector<int32_t> token_types;  // by id; may be empty: all normal
  std::vector<std::string> merges;   // "a b", first one first
  std::vector<float> scores;         // by id; of SentencePiece's tokenizers
  std::string charsmap;              // precompiled_charsmap, or empty
  std::optional<int64_t> bos_id;
  std::optional<int64_t> eos_id;
  std::optional<int64_t> unk_id;
  std::optional<int64_t> pad_id;
  bool add_bos = false;
  bool add_eos = false;
  bool add_space_prefix = false;
  bool remove_extra_whitespaces = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_GGUF_TOKENIZER_DATA_H_
