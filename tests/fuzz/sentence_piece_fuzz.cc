// A tokenizer.model: refused, or encodes some text and decodes it in parts as
// it does at once.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "models/tokenizer/tokenizer.h"
#include "models/tokenizer/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  spacemoe::SentencePieceFiles files;
  files.source = "fuzz";
  files.model.assign(reinterpret_cast<const char*>(data), size);
  const auto tokenizer = spacemoe::Tokenizer::FromSentencePiece(files);
  if (!tokenizer.ok()) return 0;
  const auto ids = (*tokenizer)->Encode("Hello,  world 12 \u00e4<s>\t", true);
  if (!ids.ok()) return 0;
  spacemoe::StreamDecoder decoder(**tokenizer, false);
  std::string streamed;
  for (const int64_t id : *ids) {
    const std::string part = decoder.Push(id);
    if (spacemoe::FindInvalidUtf8(part).has_value()) std::abort();
    streamed += part;
  }
  streamed += decoder.Flush();
  if (streamed != (*tokenizer)->Decode(*ids, false)) std::abort();
  return 0;
}
