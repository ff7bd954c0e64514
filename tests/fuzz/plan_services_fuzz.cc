// Whatever the bytes, a plan gives services, every satellite in one of them, or
// a status.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/compose/plan_services.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto plan = spacemoe::ParsePlanServices(text, "fuzz");
  if (!plan.ok()) return 0;
  size_t satellites = 0;
  for (const spacemoe::LayerService& layer : plan->layers)
    satellites += layer.indices.size();
  if (satellites != static_cast<size_t>(plan->satellites)) std::abort();
  return 0;
}
