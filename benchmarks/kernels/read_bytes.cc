#include "benchmarks/kernels/read_bytes.h"

#include <atomic>
#include <cstring>

namespace spacemoe {
namespace {

std::uint64_t SumWords(const std::byte* data, std::int64_t words) {
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < words; ++i) {
    std::uint64_t word;
    std::memcpy(&word, data + 8 * i, sizeof(word));
    sum += word;
  }
  return sum;
}

}  // namespace

std::uint64_t ReadBytes(const std::byte* data, std::int64_t count,
                        ThreadPool& pool) {
  std::atomic<std::uint64_t> sum{0};
  pool.ParallelFor(count / 8, 4096, [&](std::int64_t begin, std::int64_t end) {
    sum += SumWords(data + 8 * begin, end - begin);
  });
  return sum;
}

}  // namespace spacemoe
