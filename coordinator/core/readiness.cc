#include "coordinator/core/readiness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace spacemoe {

bool Readiness::Check(int64_t now_ns) {
  if (probing_) {
    const int64_t since_ns = std::max(probed_ns_, last_token_ns_);
    if (IsLongerThan(rules_.timeout, since_ns, now_ns)) stale_ = true;
    return false;
  }
  if (!IsLongerThan(rules_.interval, last_token_ns_, now_ns)) return false;
  probing_ = true;
  probed_ns_ = now_ns;
  return true;
}

absl::Status Readiness::Status(int64_t now_ns) const {
  if (!stale_) return absl::OkStatus();
  const int64_t seconds = (now_ns - last_token_ns_) / 1'000'000'000;
  return absl::UnavailableError(absl::StrCat(
      "no token has gone round the ring for ", seconds, " seconds"));
}

}  // namespace spacemoe
