// Whatever the bytes, a constellation file gives a spec or a status; a spec
// survives its own JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "placement/constellation_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto spec = spacemoe::ParseConstellation(text, "fuzz");
  if (!spec.ok()) return 0;
  const auto again = spacemoe::ParseConstellation(
      spacemoe::ConstellationToJson(*spec), "again");
  if (!again.ok() || again->shells.size() != spec->shells.size()) std::abort();
  const auto& shell = spec->shells[0];
  // Large shells are legal and slow; the checks before them are what counts.
  if (shell.planes > 100 || shell.satellites_per_plane > 100) return 0;
  const auto made = spacemoe::Constellation::Create(*spec);
  if (made.ok()) made->Position(made->satellite_count() - 1, 1e6);
  return 0;
}
