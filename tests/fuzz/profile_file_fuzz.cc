// Whatever the bytes, a profile file gives a profile or a status; a profile
// survives its own JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "placement/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto profile = spacemoe::ParseProfile(text, "fuzz");
  if (!profile.ok()) return 0;
  const auto again =
      spacemoe::ParseProfile(spacemoe::ProfileToJson(*profile), "again");
  if (!again.ok() || again->activation != profile->activation) std::abort();
  return 0;
}
