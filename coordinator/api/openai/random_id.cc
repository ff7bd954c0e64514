#include "coordinator/api/openai/random_id.h"

#include <sys/random.h>

#include <random>

#include "absl/strings/str_cat.h"

namespace spacemoe::openai {

uint64_t RandomSeed() {
  uint64_t seed = 0;
  if (getrandom(&seed, sizeof(seed), 0) == sizeof(seed)) return seed;
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

std::string RandomId() {
  return absl::StrCat(absl::Hex(RandomSeed(), absl::kZeroPad16),
                      absl::Hex(RandomSeed() & 0xffffffff, absl::kZeroPad8));
}

}  // namespace spacemoe::openai
