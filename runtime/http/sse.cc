#include "runtime/http/sse.h"

#include <utility>

namespace spacemoe {
namespace {

constexpr std::string_view kData = "data:";

}  // namespace

std::vector<std::string> SseReader::Push(std::string_view bytes) {
  std::vector<std::string> events;
  for (const char c : bytes) {
    if (overflowed_) break;
    const bool second_half = c == '\n' && after_return_;
    after_return_ = c == '\r';
    if (second_half) continue;
    if (c == '\n' || c == '\r') {
      OnLine(std::exchange(line_, {}), &events);
    } else {
      line_.push_back(c);
      overflowed_ = line_.size() + data_.size() > kMaxEventBytes;
    }
  }
  return events;
}

void SseReader::OnLine(std::string_view line,
                       std::vector<std::string>* events) {
  if (line.empty()) {
    if (has_data_) events->push_back(std::exchange(data_, {}));
    has_data_ = false;
    return;
  }
  if (!line.starts_with(kData)) return;
  line.remove_prefix(kData.size());
  if (line.starts_with(' ')) line.remove_prefix(1);
  if (has_data_) data_.push_back('\n');
  data_.append(line);
  has_data_ = true;
}

}  // namespace spacemoe
