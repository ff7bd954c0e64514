// A tokenizer.json, then a text (behind a byte 0): the file is refused or
// encodes the text, and decoding in parts equals decoding at once.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "models/tokenizer/tokenizer.h"
#include "models/tokenizer/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\0');
  const std::string_view text = end == std::string_view::npos
                                    ? "Hello, world 12 \u00e4"
                                    : input.substr(end + 1);
  const auto tokenizer =
      spacemoe::Tokenizer::FromJson(input.substr(0, end), "fuzz");
  if (!tokenizer.ok()) return 0;
  const auto ids = (*tokenizer)->Encode(text, true);
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
