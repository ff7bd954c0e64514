// spacemoe-satellite's command line.
#ifndef SPACEMOE_SATELLITE_NODE_FLAGS_H_
#define SPACEMOE_SATELLITE_NODE_FLAGS_H_

#include <optional>

#include "satellite_node/satellite_process.h"
#include "satellite_node/warm_parent.h"

namespace spacemoe {

struct SatelliteFlags {
  SatelliteProcessOptions satellite;
  std::optional<WarmParentOptions>
      fork;  // unset: this process is the satellite
};

// Unset when the program has nothing more to do: *exit_code is then 0 after
// --help, 2 for flags that make no sense (told on stderr).
std::optional<SatelliteFlags> ParseFlags(int argc, char** argv, int* exit_code);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_FLAGS_H_
