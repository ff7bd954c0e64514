#include "cli/trace/trace_file.h"

#include <zlib.h>

#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/process.h"

namespace spacemoe {
namespace {

// A quick level: the text shrinks to a tenth anyway. T: as it is.
const char* ModeFor(const std::string& path) {
  return absl::EndsWith(path, ".gz") ? "wb3" : "wbT";
}

}  // namespace

struct TraceFile::Stream {
  gzFile file = nullptr;
};

absl::StatusOr<std::unique_ptr<TraceFile>> TraceFile::Create(
    const std::string& path) {
  errno = 0;
  const gzFile file = gzopen(path.c_str(), ModeFor(path));
  if (file == nullptr) {
    return ErrnoStatus(absl::StrCat("cannot write the trace ", path),
                       errno == 0 ? ENOMEM : errno);
  }
  auto stream = std::make_unique<Stream>();
  stream->file = file;
  return std::unique_ptr<TraceFile>(new TraceFile(path, std::move(stream)));
}

TraceFile::TraceFile(std::string path, std::unique_ptr<Stream> stream)
    : path_(std::move(path)), stream_(std::move(stream)) {}

TraceFile::~TraceFile() {
  if (stream_ != nullptr) gzclose(stream_->file);
}

void TraceFile::Write(std::string_view bytes) {
  if (!status_.ok() || bytes.empty()) return;
  errno = 0;
  if (gzfwrite(bytes.data(), bytes.size(), 1, stream_->file) == 1) return;
  status_ = ErrnoStatus(absl::StrCat("cannot write the trace ", path_),
                        errno == 0 ? EIO : errno);
}

absl::Status TraceFile::Close() {
  errno = 0;
  const int closed = gzclose(std::exchange(stream_, nullptr)->file);
  if (status_.ok() && closed != Z_OK) {
    status_ = ErrnoStatus(absl::StrCat("cannot write the trace ", path_),
                          errno == 0 ? EIO : errno);
  }
  return status_;
}

}  // namespace spacemoe
