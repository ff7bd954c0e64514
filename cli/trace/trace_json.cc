#include "cli/trace/trace_json.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace spacemoe {
namespace {

constexpr size_t kWriteBytes = 64 << 10;

// Microseconds. Viewers multiply by a thousand and cut the rest off: a fifth of
// a nanosecond more keeps them from losing one to rounding.
void AppendTime(int64_t ns, std::string* out) {
  absl::StrAppendFormat(out, "%d.%03d2", ns / 1000, ns % 1000);
}

}  // namespace

TraceJson::TraceJson(std::function<void(std::string_view)> write)
    : write_(std::move(write)), buffer_("{\"traceEvents\":[\n") {}

void TraceJson::Begin(char phase, const TraceTrack& track) {
  if (!std::exchange(first_, false)) buffer_ += ",\n";
  absl::StrAppend(&buffer_, "{\"ph\":\"", std::string(1, phase),
                  "\",\"pid\":", track.process, ",\"tid\":", track.thread);
}

void TraceJson::End() {
  buffer_ += '}';
  if (buffer_.size() < kWriteBytes) return;
  write_(buffer_);
  buffer_.clear();
}

void TraceJson::Metadata(std::string_view what, const TraceTrack& track,
                         std::string_view args) {
  Begin('M', track);
  absl::StrAppend(&buffer_, ",\"name\":\"", std::string(what), "\",\"args\":{",
                  std::string(args), "}");
  End();
}

void TraceJson::NameProcess(int process, std::string_view name) {
  const TraceTrack track{process, 0};
  Metadata("process_name", track,
           absl::StrCat("\"name\":\"", std::string(name), "\""));
  Metadata("process_sort_index", track,
           absl::StrCat("\"sort_index\":", process));
}

void TraceJson::NameThread(const TraceTrack& track, std::string_view name) {
  Metadata("thread_name", track,
           absl::StrCat("\"name\":\"", std::string(name), "\""));
  Metadata("thread_sort_index", track,
           absl::StrCat("\"sort_index\":", ++order_));
}

void TraceJson::Slice(const TraceTrack& track, int64_t start_ns, int64_t end_ns,
                      std::string_view name, std::string_view args) {
  Begin('X', track);
  buffer_ += ",\"ts\":";
  AppendTime(start_ns, &buffer_);
  buffer_ += ",\"dur\":";
  AppendTime(end_ns - start_ns, &buffer_);
  absl::StrAppend(&buffer_, ",\"name\":\"", std::string(name), "\"");
  if (!args.empty())
    absl::StrAppend(&buffer_, ",\"args\":{", std::string(args), "}");
  End();
}

void TraceJson::Flow(Arrow arrow, uint64_t id, const TraceTrack& track,
                     int64_t time_ns) {
  Begin(static_cast<char>(arrow), track);
  absl::StrAppend(&buffer_, ",\"id\":", id, ",\"ts\":");
  AppendTime(time_ns, &buffer_);
  buffer_ += ",\"cat\":\"token\",\"name\":\"token\"";
  if (arrow == Arrow::kEnd) buffer_ += ",\"bp\":\"e\"";
  End();
}

void TraceJson::Finish(std::string_view other_data) {
  absl::StrAppend(&buffer_, "\n],\"displayTimeUnit\":\"ms\",\"otherData\":",
                  std::string(other_data), "}\n");
  write_(buffer_);
  buffer_.clear();
}

}  // namespace spacemoe
