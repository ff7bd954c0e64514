#include "placement/counter_rng.h"

namespace spacemoe {
namespace {

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15u;

uint64_t Mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

CounterRng::CounterRng(uint64_t seed, uint64_t stream)
    : state_(Mix(seed + kGolden) ^ Mix(stream * kGolden + 1)) {}

uint64_t CounterRng::Next() { return Mix(state_ += kGolden); }

uint64_t CounterRng::Below(uint64_t bound) {
  const uint64_t reject = -bound % bound;  // 2^64 mod bound
  uint64_t draw = Next();
  while (draw < reject) draw = Next();
  return draw % bound;
}

double CounterRng::Uniform() {
  return static_cast<double>(Next() >> 11) * 0x1p-53;
}

}  // namespace spacemoe
