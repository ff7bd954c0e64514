// Copies of experts chosen by the way there and back.
#ifndef SPACEMOE_SATELLITE_NODE_ORBITAL_COPY_CHOOSER_H_
#define SPACEMOE_SATELLITE_NODE_ORBITAL_COPY_CHOOSER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "placement/constellation.h"
#include "placement/copy_choice.h"
#include "placement/routes.h"
#include "satellite_node/core/copy_chooser.h"

namespace spacemoe {

struct CopyChooserOptions {
  uint32_t gateway = 0;
  uint32_t successor = 0;                    // takes the outputs
  std::vector<std::vector<uint32_t>> homes;  // [experts][copies], none empty
  int64_t row_bytes = 0;                     // of a dispatch, and of an output
  double expert_seconds = 0;                 // of one row
  double start_time_s = 0;  // constellation time at the plan's epoch
};

// Picks the copies that let a row's last output arrive soonest, as the plan
// expects it (placement/copy_choice.h). Ways are found anew when they are more
// than an emulated second old. Thread-compatible.
class OrbitalCopyChooser final : public CopyChooser {
 public:
  // Without a constellation nothing has a delay: then only sharing counts.
  OrbitalCopyChooser(CopyChooserOptions options,
                     std::optional<Constellation> constellation);

  std::vector<uint32_t> Choose(absl::Span<const int32_t> experts,
                               int64_t departure_ns) override;

 private:
  void FindWays(int64_t departure_ns);

  const CopyChooserOptions options_;
  const std::optional<Constellation> constellation_;
  std::vector<int> sites_;                // satellites, ascending
  std::vector<std::vector<int>> copies_;  // [experts][copies], into sites_
  std::optional<RouteFinder> finder_;
  std::optional<int64_t> found_ns_;
  std::vector<double> way_ms_;         // [sites], there and on
  std::vector<double> per_expert_ms_;  // [sites]
  CopyChoice choice_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_ORBITAL_COPY_CHOOSER_H_
