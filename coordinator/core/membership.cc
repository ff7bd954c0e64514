#include "coordinator/core/membership.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

Membership::Membership(MembershipRules rules)
    : rules_(std::move(rules)), members_(rules_.satellites) {}

absl::StatusOr<int> Membership::Register(const Applicant& applicant) {
  SPACEMOE_RETURN_IF_ERROR(Check(applicant));
  SPACEMOE_ASSIGN_OR_RETURN(const int index, IndexFor(applicant));
  members_[index] = Member{true,
                           false,
                           applicant.address,
                           applicant.pid,
                           applicant.clock_id != rules_.clock_id,
                           applicant.metrics_address};
  ++registered_;
  return index;
}

absl::Status Membership::Check(const Applicant& applicant) const {
  if (applicant.version != rules_.version) {
    return absl::FailedPreconditionError(
        absl::StrCat("the satellite is of version '", applicant.version,
                     "', the coordinator of version '", rules_.version, "'"));
  }
  if (!applicant.model_hash.empty() &&
      applicant.model_hash != rules_.model_hash) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the satellite's checkpoint is another one (fingerprint ",
        applicant.model_hash, ") than the plan's (", rules_.model_hash, ")"));
  }
  if (applicant.address.empty()) {
    return absl::InvalidArgumentError(
        "the satellite gave no address where its peers reach it");
  }
  for (int i = 0; i < size(); ++i) {
    if (!members_[i].registered || members_[i].address != applicant.address)
      continue;
    return absl::AlreadyExistsError(
        absl::StrCat("the satellite at ", applicant.address,
                     " has registered already, as index ", i, " (pid ",
                     members_[i].pid, ")"));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Membership::IndexFor(const Applicant& applicant) const {
  if (!applicant.index.has_value()) {
    const auto free =
        std::find_if(members_.begin(), members_.end(),
                     [](const Member& member) { return !member.registered; });
    if (free != members_.end()) return free - members_.begin();
    return absl::AlreadyExistsError(
        absl::StrCat("all ", size(), " satellites of the plan are there"));
  }
  const uint32_t index = *applicant.index;
  if (index >= members_.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("satellite index ", index,
                     " is not in the plan; expected "
                     "0 to ",
                     size() - 1));
  }
  if (members_[index].registered) {
    return absl::AlreadyExistsError(absl::StrCat(
        "satellite index ", index, " is taken by pid ", members_[index].pid));
  }
  return static_cast<int>(index);
}

absl::Status Membership::MarkReady(int index) {
  Member& member = members_[index];
  if (!all_registered()) {
    return absl::FailedPreconditionError(absl::StrCat("satellite index ", index,
                                                      " is ready before its "
                                                      "assignment"));
  }
  if (member.ready) {
    return absl::AlreadyExistsError(
        absl::StrCat("satellite index ", index, " was ready before"));
  }
  member.ready = true;
  ++ready_;
  return absl::OkStatus();
}

}  // namespace spacemoe
