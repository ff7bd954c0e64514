// How long a message takes between two satellites.
#ifndef SPACEMOE_RUNTIME_LINK_LINK_MODEL_H_
#define SPACEMOE_RUNTIME_LINK_LINK_MODEL_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "runtime/tensor/packet.h"

namespace spacemoe {

// Thread-safe. Satellites are ids of the constellation.
class LinkModel {
 public:
  virtual ~LinkModel() = default;
  // The stamp of a message of `bytes` that leaves `from` for `to` at
  // `departure_ns`. UNAVAILABLE when there is no route.
  virtual absl::StatusOr<LinkStamp> Stamp(uint32_t from, uint32_t to,
                                          int64_t departure_ns,
                                          int64_t bytes) = 0;
};

// No delays at all (`--links off`).
class NoDelayLinks final : public LinkModel {
 public:
  absl::StatusOr<LinkStamp> Stamp(uint32_t from, uint32_t to,
                                  int64_t departure_ns, int64_t bytes) override;
};

// The same propagation delay between any two satellites: for tests.
class FixedDelayLinks final : public LinkModel {
 public:
  explicit FixedDelayLinks(int64_t propagation_ns)
      : propagation_ns_(propagation_ns) {}
  absl::StatusOr<LinkStamp> Stamp(uint32_t from, uint32_t to,
                                  int64_t departure_ns, int64_t bytes) override;

 private:
  const int64_t propagation_ns_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_LINK_LINK_MODEL_H_
