#include "coordinator/core/stop_finder.h"

#include <algorithm>
#include <string_view>

namespace spacemoe {
namespace {

// Where the longest end of `text` begins that is the beginning of `stop`.
size_t BeginningOf(std::string_view stop, std::string_view text) {
  const size_t longest = std::min(stop.size() - 1, text.size());
  for (size_t size = longest; size > 0; --size) {
    if (text.ends_with(stop.substr(0, size))) return text.size() - size;
  }
  return text.size();
}

}  // namespace

std::string StopFinder::Push(const std::string& piece) {
  if (found_ || stops_.empty()) return found_ ? "" : piece;
  held_ += piece;
  const size_t stop = FirstStop();
  found_ = stop != std::string::npos;
  const size_t end = found_ ? stop : FirstBeginning();
  std::string certain = held_.substr(0, end);
  held_.erase(0, found_ ? held_.size() : end);
  return certain;
}

std::string StopFinder::Flush() { return std::exchange(held_, {}); }

size_t StopFinder::FirstStop() const {
  size_t first = std::string::npos;
  for (const std::string& stop : stops_)
    first = std::min(first, held_.find(stop));
  return first;
}

size_t StopFinder::FirstBeginning() const {
  size_t first = held_.size();
  for (const std::string& stop : stops_)
    first = std::min(first, BeginningOf(stop, held_));
  return first;
}

}  // namespace spacemoe
