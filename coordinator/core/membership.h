// Who is in the cluster: identities, readiness, losses.
#ifndef SPACEMOE_COORDINATOR_CORE_MEMBERSHIP_H_
#define SPACEMOE_COORDINATOR_CORE_MEMBERSHIP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spacemoe {

// What a satellite says when it comes.
struct Applicant {
  std::optional<uint32_t> index;  // unset: any free one
  std::string address;            // of its Ring service
  int64_t pid = 0;
  std::string clock_id;  // equal on processes that share a monotonic clock
  std::string version;
  std::string model_hash;       // of the checkpoint that it brings; empty: none
  std::string metrics_address;  // HOST:PORT; empty: none
};

struct MembershipRules {
  int satellites = 0;
  std::string version;
  std::string clock_id;    // the coordinator's
  std::string model_hash;  // of the plan's checkpoint
};

struct Member {
  bool registered = false;
  bool ready = false;
  std::string address;
  int64_t pid = 0;
  bool remote_clock = false;    // its host is another one
  std::string metrics_address;  // empty: none
};

// A pure state machine; not thread-safe.
class Membership {
 public:
  explicit Membership(MembershipRules rules);

  // The index that the satellite has from now on. INVALID_ARGUMENT: no such
  // index, or no address. ALREADY_EXISTS: taken, none is free, or the
  // satellite has come before. FAILED_PRECONDITION: another version, or another
  // model.
  absl::StatusOr<int> Register(const Applicant& applicant);

  // FAILED_PRECONDITION before all have registered, ALREADY_EXISTS when the
  // satellite has said so before.
  absl::Status MarkReady(int index);

  int size() const { return static_cast<int>(members_.size()); }
  int registered() const { return registered_; }
  int ready() const { return ready_; }
  bool all_registered() const { return registered_ == size(); }
  bool all_ready() const { return ready_ == size(); }
  const Member& member(int index) const { return members_[index]; }

 private:
  absl::Status Check(const Applicant& applicant) const;
  absl::StatusOr<int> IndexFor(const Applicant& applicant) const;

  const MembershipRules rules_;
  std::vector<Member> members_;
  int registered_ = 0;
  int ready_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_MEMBERSHIP_H_
