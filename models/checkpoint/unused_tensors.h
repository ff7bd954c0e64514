// Tensors of a checkpoint that no role of the model reads.
#ifndef SPACEMOE_MODELS_CHECKPOINT_UNUSED_TENSORS_H_
#define SPACEMOE_MODELS_CHECKPOINT_UNUSED_TENSORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

struct UnusedTensors {
  // Of layers beyond the model's: they predict further tokens and are skipped.
  std::vector<std::string> multi_token_prediction;
  std::vector<std::string> others;
};

UnusedTensors FindUnusedTensors(const Checkpoint& checkpoint);

// UNIMPLEMENTED names a tensor of a GGUF file that belongs to the model, as
// llama.cpp's own loader would have it, and that nothing reads: what is
// computed would not be what the file means. Folders may hold others, which
// transformers ignores too.
absl::Status RefuseUnreadGgufTensors(const Checkpoint& checkpoint);

// "8 tensors of multi-token prediction are skipped"; empty without any. The
// `others` are those that transformers ignores too: they are not mentioned.
std::string SkippedNote(const Checkpoint& checkpoint);

// "8 tensors of multi-token prediction, 24 others (NAME, ...)"; empty when all
// are used.
std::string UnusedText(const UnusedTensors& unused);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_UNUSED_TENSORS_H_
