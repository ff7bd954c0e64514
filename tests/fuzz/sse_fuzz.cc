// Server-sent events: the same whether they come at once or byte by byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http/sse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  spacemoe::SseReader whole, split;
  const std::vector<std::string> expected = whole.Push(bytes);
  std::vector<std::string> found;
  for (size_t i = 0; i < size; ++i) {
    for (std::string& event : split.Push(bytes.substr(i, 1))) {
      found.push_back(std::move(event));
    }
  }
  if (found != expected) std::abort();
  return 0;
}
