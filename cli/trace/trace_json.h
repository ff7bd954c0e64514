// Writes events in Chrome's Trace Event Format, which Perfetto reads, too.
#ifndef SPACEMOE_CLI_TRACE_TRACE_JSON_H_
#define SPACEMOE_CLI_TRACE_TRACE_JSON_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace spacemoe {

// A row of the viewer.
struct TraceTrack {
  int process = 0;
  int thread = 0;
};

// {"traceEvents":[ ... ],"otherData":{ ... }}. Times in nanoseconds. `args` is
// the inside of a JSON object, such as "rows":1, or empty. Names and args are
// written as they are: they need no escaping.
class TraceJson {
 public:
  // `write` takes some 64 kB at a time.
  explicit TraceJson(std::function<void(std::string_view)> write);

  void NameProcess(int process, std::string_view name);
  // Below those that were named before.
  void NameThread(const TraceTrack& track, std::string_view name);

  void Slice(const TraceTrack& track, int64_t start_ns, int64_t end_ns,
             std::string_view name, std::string_view args);

  // An arrow's beginning, its ways through later slices, its end. Each is bound
  // to the slice that begins at this time and was written before.
  enum class Arrow : char { kBegin = 's', kThrough = 't', kEnd = 'f' };
  void Flow(Arrow arrow, uint64_t id, const TraceTrack& track, int64_t time_ns);

  // The rest. `other_data`: a JSON object.
  void Finish(std::string_view other_data);

 private:
  void Begin(char phase, const TraceTrack& track);
  void Metadata(std::string_view what, const TraceTrack& track,
                std::string_view args);
  void End();

  const std::function<void(std::string_view)> write_;
  std::string buffer_;
  bool first_ = true;
  int order_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TRACE_TRACE_JSON_H_
