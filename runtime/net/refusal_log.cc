#include "runtime/net/refusal_log.h"

#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/log.h"

namespace spacemoe {
namespace {

constexpr absl::Duration kPause = absl::Seconds(10);

struct Explanation {
  std::string_view reason;  // OpenSSL's
  std::string_view text;
};

constexpr Explanation kExplanations[] = {
    {"certificate verify failed",
     "the peer's certificate has expired or is of another authority"},
    {"peer did not return a certificate", "the peer has no certificate"},
    {"wrong version number", "the peer does not speak TLS"},
    {"http request", "the peer does not speak TLS"},
    {"alert certificate expired",
     "the peer says that this side's certificate has expired"},
    {"alert unknown ca",
     "the peer does not know the authority of this side's certificate"},
};

struct LastLine {
  std::mutex mutex;
  std::string text;  // protected by mutex
  absl::Time time = absl::InfinitePast();
};

LastLine& TheLastLine() {
  static LastLine* const line = new LastLine;
  return *line;
}

bool IsNew(const std::string& message) {
  LastLine& last = TheLastLine();
  const std::lock_guard lock(last.mutex);
  const absl::Time now = absl::Now();
  if (last.text == message && now - last.time < kPause) return false;
  last.text = message;
  last.time = now;
  return true;
}

}  // namespace

void LogRefusal(const std::string& message) {
  if (IsNew(message)) LogError(message);
}

std::string ExplainHandshake(std::string_view grpc_message) {
  constexpr std::string_view kMark = "Handshake failed with fatal error";
  if (grpc_message.find(kMark) == grpc_message.npos) return "";
  for (const Explanation& explanation : kExplanations) {
    if (grpc_message.find(explanation.reason) != grpc_message.npos) {
      return absl::StrCat("refused a connection: ",
                          std::string(explanation.text));
    }
  }
  return absl::StrCat("refused a connection: ", std::string(grpc_message));
}

}  // namespace spacemoe
