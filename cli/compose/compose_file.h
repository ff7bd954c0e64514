// A plan as a file for docker compose.
#ifndef SPACEMOE_CLI_COMPOSE_COMPOSE_FILE_H_
#define SPACEMOE_CLI_COMPOSE_COMPOSE_FILE_H_

#include <cstdint>
#include <string>

#include "cli/compose/plan_services.h"

namespace spacemoe {

struct ComposeOptions {
  std::string image = "spacemoe";
  std::string model;    // path on the machine, absolute
  std::string profile;  // path on the machine, absolute; empty: none
  std::string flags;    // of the coordinator, beside those of the plan
  int64_t kv_bytes = int64_t{64} << 20;  // KV cache of a gateway
};

// What one layer's container may use: its weights, its gateways' caches, and
// what satellites take besides (measured: docs/cluster.md).
int64_t MemoryLimitOf(const LayerService& layer, const ComposeOptions& options);

// Keys, coordinator, client, and a service for each layer. YAML.
std::string ComposeFile(const PlanServices& plan,
                        const ComposeOptions& options);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_COMPOSE_COMPOSE_FILE_H_
