// config.json; after a NUL byte generation_config.json. What reads must read
// back equal after it is written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "models/config/config_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\0');
  const std::string_view generation =
      end == std::string_view::npos ? "" : text.substr(end + 1);
  const auto config =
      spacemoe::ReadHuggingFaceConfig(text.substr(0, end), generation, "fuzz");
  if (!config.ok()) return 0;
  const auto again = spacemoe::ReadHuggingFaceConfig(
      spacemoe::WriteHuggingFaceConfig(*config),
      spacemoe::WriteGenerationConfig(*config), "again");
  if (!again.ok() || !(*again == *config)) std::abort();
  return 0;
}
