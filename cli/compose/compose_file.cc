#include "cli/compose/compose_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace spacemoe {
namespace {

// What a container takes with no satellite in it, and each one more.
constexpr int64_t kBytesPerContainer = int64_t{192} << 20;
constexpr int64_t kBytesPerSatellite = int64_t{24} << 20;

constexpr char kHead[] = R"(
x-node: &node
  image: %s
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  tmpfs: [/tmp]
  networks: [ring]

x-tls: &tls
  SPACEMOE_TLS_CA: /run/spacemoe/keys/ca.pem
  SPACEMOE_TLS_CERT: /run/spacemoe/keys/cert.pem
  SPACEMOE_TLS_KEY: /run/spacemoe/keys/key.pem

x-satellite: &satellite
  <<: *node
  entrypoint: [spacemoe-satellite]
  environment:
    <<: *tls
    SPACEMOE_CONNECT_TIMEOUT: 600
    SPACEMOE_HEALTH: http://127.0.0.1:9100/metrics
  depends_on:
    keys:
      condition: service_completed_successfully
  volumes:
    - %s
    - satellite-keys:/run/spacemoe/keys:ro

services:
  keys:
    <<: *node
    command: [certs, /keys, --add]
    healthcheck:
      disable: true
    volumes:
      - authority:/keys
      - coordinator-keys:/keys/coordinator
      - satellite-keys:/keys/satellite
      - client-keys:/keys/client
)";

constexpr char kTail[] = R"(
  client:
    <<: *node
    profiles: [client]
    entrypoint: [spacemoe, generate, --coordinator, "coordinator:7300"]
    command: [--chat, Hello]
    environment:
      <<: *tls
      SPACEMOE_CONNECT_TIMEOUT: 600
    healthcheck:
      disable: true
    volumes:
      - client-keys:/run/spacemoe/keys:ro

networks:
  ring:

volumes:
  authority:
  coordinator-keys:
  satellite-keys:
  client-keys:
)";

// A double-quoted YAML scalar that compose does not interpolate.
std::string Quoted(const std::string& text) {
  return absl::StrCat(
      "\"",
      absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"$", "$$"}}),
      "\"");
}

std::string Mount(const std::string& from, const std::string& to) {
  return Quoted(absl::StrCat(from, ":", to, ":ro"));
}

std::string CoordinatorCommand(const PlanServices& plan,
                               const ComposeOptions& options) {
  std::string command = absl::StrCat(
      "--model /model --listen 0.0.0.0:7300 --http 0.0.0.0:8080 "
      "--constellation ",
      plan.constellation, " --strategy ", plan.strategy,
      " --experts-per-satellite ", plan.experts_per_satellite,
      " --placement-seed ", plan.seed, " --epoch-offset ",
      absl::StrFormat("%.17g", plan.start_time_s));
  if (!options.profile.empty())
    absl::StrAppend(&command, " --profile /profile.json");
  if (!options.flags.empty()) absl::StrAppend(&command, " ", options.flags);
  return command;
}

std::string Coordinator(const PlanServices& plan,
                        const ComposeOptions& options) {
  std::string text = absl::StrCat(
      "\n  coordinator:\n"
      "    <<: *node\n"
      "    entrypoint: [spacemoe-coordinator]\n"
      "    command: ",
      Quoted(CoordinatorCommand(plan, options)),
      "\n"
      "    environment:\n"
      "      <<: *tls\n"
      "      SPACEMOE_API_KEYS: ${SPACEMOE_API_KEYS:-}\n"
      "      SPACEMOE_HEALTH: http://127.0.0.1:8080/health/ready\n"
      "    depends_on:\n"
      "      keys:\n"
      "        condition: service_completed_successfully\n"
      "    ports:\n"
      "      - \"127.0.0.1:${SPACEMOE_PORT:-7300}:7300\"\n"
      "      - \"127.0.0.1:${SPACEMOE_HTTP_PORT:-8080}:8080\"\n"
      "    volumes:\n"
      "      - ",
      Mount(options.model, "/model"),
      "\n"
      "      - coordinator-keys:/run/spacemoe/keys:ro\n");
  if (!options.profile.empty()) {
    absl::StrAppend(&text, "      - ", Mount(options.profile, "/profile.json"),
                    "\n");
  }
  return text;
}

std::string Layer(const LayerService& layer, const ComposeOptions& options) {
  return absl::StrFormat(
      "\n  layer-%02d:\n"
      "    <<: *satellite\n"
      "    command: [--coordinator, \"coordinator:7300\", --model, /model, "
      "--metrics-listen, \"0.0.0.0:9100\", --indices, \"%s\"]\n"
      "    mem_limit: %d\n",
      layer.layer, absl::StrJoin(layer.indices, ","),
      MemoryLimitOf(layer, options));
}

}  // namespace

int64_t MemoryLimitOf(const LayerService& layer,
                      const ComposeOptions& options) {
  return kBytesPerContainer +
         kBytesPerSatellite * static_cast<int64_t>(layer.indices.size()) +
         layer.weight_bytes + options.kv_bytes * layer.gateways;
}

std::string ComposeFile(const PlanServices& plan,
                        const ComposeOptions& options) {
  std::string text = absl::StrFormat(
      "# Made by `spacemoe compose`: %d satellites, a service for each of %d "
      "layers.\n",
      plan.satellites, plan.layers.size());
  absl::StrAppend(&text,
                  absl::StrFormat(kHead, Quoted(options.image),
                                  Mount(options.model, "/model")),
                  Coordinator(plan, options));
  for (const LayerService& layer : plan.layers)
    absl::StrAppend(&text, Layer(layer, options));
  absl::StrAppend(&text, kTail);
  return text;
}

}  // namespace spacemoe
