// What a person can choose about the HTTP API, and how it is spelt on a command
// line.
#ifndef SPACEMOE_COORDINATOR_OPTIONS_API_OPTIONS_H_
#define SPACEMOE_COORDINATOR_OPTIONS_API_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace spacemoe {

struct ApiSettings {
  std::string listen;      // HOST:PORT; empty: no API
  std::string key_file;    // empty: the keys of SPACEMOE_API_KEYS, if any
  std::string model_name;  // for clients; empty: the checkpoint's
  int64_t max_connections = 256;
  int64_t max_active = 64;   // sequences on the ring
  int64_t max_queued = 256;  // that wait for room there
  double request_timeout_s = 600;
};

// --http, which has the default that `settings` has.
void AddHttpFlag(CLI::App* app, ApiSettings* settings);
// --api-key-file, --model-name, --http-max-connections, --max-active,
// --max-queued, --request-timeout.
void AddApiFlags(CLI::App* app, ApiSettings* settings);

// Flags that are parsed back to equal settings.
std::vector<std::string> ToArguments(const ApiSettings& settings);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_OPTIONS_API_OPTIONS_H_
