// Server-sent events, as far as APIs use them: data alone.
#ifndef SPACEMOE_RUNTIME_HTTP_SSE_H_
#define SPACEMOE_RUNTIME_HTTP_SSE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace spacemoe {

// Finds the data of events in a stream that comes in pieces. Comments and other
// fields are passed over.
class SseReader {
 public:
  static constexpr size_t kMaxEventBytes = 16 * 1024 * 1024;

  // The data of the events that `bytes` complete.
  std::vector<std::string> Push(std::string_view bytes);
  // An event has become longer than kMaxEventBytes; nothing more comes.
  bool overflowed() const { return overflowed_; }

 private:
  void OnLine(std::string_view line, std::vector<std::string>* events);

  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_return_ = false;  // the last byte was '\r'
  bool overflowed_ = false;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_SSE_H_
