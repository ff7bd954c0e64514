// Random numbers that are the same on every platform.
#ifndef SPACEMOE_PLACEMENT_COUNTER_RNG_H_
#define SPACEMOE_PLACEMENT_COUNTER_RNG_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace spacemoe {

// SplitMix64 (Steele, Lea and Flood 2014) over a counter: the n-th number of a
// (seed, stream) is a function of the three.
class CounterRng {
 public:
  explicit CounterRng(uint64_t seed, uint64_t stream = 0);

  uint64_t Next();
  // In [0, bound), without bias; bound must not be 0.
  uint64_t Below(uint64_t bound);
  // In [0, 1), 53 bits.
  double Uniform();

  // Fisher-Yates.
  template <typename T>
  void Shuffle(std::vector<T>* items) {
    for (size_t i = items->size(); i > 1; --i) {
      std::swap((*items)[i - 1], (*items)[Below(i)]);
    }
  }

 private:
  uint64_t state_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_COUNTER_RNG_H_
