// A SentencePiece tokenizer as checkpoints hold it, unread.
#ifndef SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_FILES_H_
#define SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_FILES_H_

#include <string>

namespace spacemoe {

struct SentencePieceFiles {
  std::string source;  // tokenizer.model's path, for errors
  std::string model;   // its bytes
  // Texts of these files; empty where there is none.
  std::string tokenizer_config_json;
  std::string added_tokens_json;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_SENTENCE_PIECE_FILES_H_
