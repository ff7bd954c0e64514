// From generated ids to text, piece by piece.
#ifndef SPACEMOE_COORDINATOR_CORE_TEXT_DECODER_H_
#define SPACEMOE_COORDINATOR_CORE_TEXT_DECODER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace spacemoe {

// Of one sequence. What Push and, at the end, Flush return is together the
// decoded text, special tokens left out; each piece is whole characters.
class TextDecoder {
 public:
  virtual ~TextDecoder() = default;
  virtual std::string Push(int64_t id) = 0;
  virtual std::string Flush() = 0;
};

// Null results: there is no tokenizer.
using TextDecoderFactory = std::function<std::unique_ptr<TextDecoder>()>;

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_TEXT_DECODER_H_
