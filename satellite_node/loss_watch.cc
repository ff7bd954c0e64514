#include "satellite_node/loss_watch.h"

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

bool MayHaveDied(const absl::Status& reason) {
  return reason.code() == absl::StatusCode::kUnavailable ||
         reason.code() == absl::StatusCode::kCancelled ||
         reason.code() == absl::StatusCode::kUnknown;
}

}  // namespace

void LossWatch::Add(const PeerLost& lost, absl::Time now) {
  if (!loss_.ok()) return;
  loss_ = absl::Status(
      lost.reason.code(),
      absl::StrCat("the stream to satellite ", lost.satellite,
                   " broke: ", std::string(lost.reason.message())));
  report_at_ = MayHaveDied(lost.reason) ? now + kPatience : now;
}

std::optional<absl::Status> LossWatch::Due(absl::Time now) {
  if (now < report_at_) return std::nullopt;
  report_at_ = absl::InfiniteFuture();
  return loss_;
}

}  // namespace spacemoe
