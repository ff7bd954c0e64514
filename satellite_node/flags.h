// spacemoe-satellite's command line.
#ifndef SPACEMOE_SATELLITE_NODE_FLAGS_H_
#define SPACEMOE_SATELLITE_NODE_FLAGS_H_

#include <optional>

#include "runtime/net/tls_flags.h"
#include "satellite_node/satellite_process.h"
#include "satellite_node/warm_parent.h"

namespace spacemoe {

struct SatelliteFlags {
  SatelliteProcessOptions satellite;
  TlsFlags tls;
  std::optional<WarmParentOptions>
      fork;                // unset: this process is the satellite
  bool any_place = false;  // forked satellites take any free place of the plan
};

// Unset when the program has nothing more to do: *exit_code is then 0 after
// --help, 2 for flags that make no sense (told on stderr).
std::optional<SatelliteFlags> ParseFlags(int argc, char** argv, int* exit_code);

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_FLAGS_H_
