// Philox4x32-10, a counter-based generator: J. K. Salmon, M. A. Moraes, R. O.
// Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
// section 3.3. A draw is a pure function of counter and key.
#ifndef SPACEMOE_MODELS_SAMPLER_PHILOX_H_
#define SPACEMOE_MODELS_SAMPLER_PHILOX_H_

#include <array>
#include <cstdint>

namespace spacemoe {

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxKey = std::array<uint32_t, 2>;

// Four 32-bit words, uniform and independent over all counters and keys.
PhiloxCounter Philox4x32(PhiloxCounter counter, PhiloxKey key);

// Uniform in [0, 1), of 53 bits, for (seed, position).
double UniformAt(uint64_t seed, int64_t position);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_SAMPLER_PHILOX_H_
