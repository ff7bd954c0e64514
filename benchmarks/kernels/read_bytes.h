// Reading memory in plain C++, the yardstick of products at batch 1.
#ifndef SPACEMOE_BENCHMARKS_KERNELS_READ_BYTES_H_
#define SPACEMOE_BENCHMARKS_KERNELS_READ_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "models/kernels/thread_pool.h"

namespace spacemoe {

// Sum of the 64-bit words of [data, data + count), read by the whole pool.
std::uint64_t ReadBytes(const std::byte* data, std::int64_t count,
                        ThreadPool& pool);

}  // namespace spacemoe

#endif  // SPACEMOE_BENCHMARKS_KERNELS_READ_BYTES_H_
