// Lays out spans that overlap on as few rows as it takes.
#ifndef SPACEMOE_CLI_TRACE_LANES_H_
#define SPACEMOE_CLI_TRACE_LANES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spacemoe {

// Spans come in the order of their beginnings.
class Lanes {
 public:
  // The first row that is free from `start_ns` on; it is taken until `end_ns`.
  size_t Take(int64_t start_ns, int64_t end_ns) {
    size_t lane = 0;
    while (lane < busy_until_ns_.size() && busy_until_ns_[lane] > start_ns)
      ++lane;
    if (lane == busy_until_ns_.size()) busy_until_ns_.push_back(0);
    busy_until_ns_[lane] = end_ns;
    return lane;
  }

 private:
  std::vector<int64_t> busy_until_ns_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_LANES_H_
