#include "satellite_node/flags.h"

#include <cstdio>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "runtime/net/address.h"

namespace spacemoe {
namespace {

constexpr char kDescription[] =
    "One satellite of a SpaceMoE constellation, or the parent of many.\n"
    "It attaches to a coordinator, gets its share of the plan, maps its own\n"
    "tensors from the checkpoint, and serves until the coordinator says stop.";

constexpr char kExamples[] =
    "Examples:\n"
    "  spacemoe-satellite --coordinator 10.0.0.5:7300 --model "
    "/data/model.gguf\n"
    "  spacemoe-satellite --coordinator unix-abstract:ring --index 17\n"
    "  spacemoe-satellite --coordinator unix-abstract:ring --fork 270 --model "
    "m.gguf\n"
    "  spacemoe-satellite --coordinator unix-abstract:ring --indices 0,7,12\n"
    "  spacemoe-satellite --coordinator coordinator:7300 --tls-ca ca.pem \\\n"
    "    --tls-cert cert.pem --tls-key key.pem\n"
    "  spacemoe-satellite --coordinator 10.0.0.5:7300 --metrics-listen "
    "0.0.0.0:9100\n"
    "Addresses: host:port, unix:path or unix-abstract:name.\n"
    "Where other machines can connect, TLS is expected (`spacemoe certs`).\n"
    "SPACEMOE_LOG=info|debug says more on stderr.";

std::string CheckAddress(const std::string& text) {
  const auto address = ParseAddress(text);
  return address.ok() ? "" : std::string(address.status().message());
}

// Each forked satellite has a port of its own.
std::string CheckMetricsPorts(const SatelliteFlags& flags) {
  if (!flags.fork.has_value() || flags.satellite.metrics_listen.empty())
    return "";
  const Address first = *ParseAddress(flags.satellite.metrics_listen);
  if (first.port == 0 || first.port + flags.fork->count <= 65536) return "";
  return absl::StrCat("--metrics-listen: no ports ", first.port, " to ",
                      first.port + flags.fork->count - 1,
                      " for so many satellites, expected at most 65535");
}

void AddOwnOptions(CLI::App* app, SatelliteProcessOptions* options) {
  app->add_option("--coordinator", options->coordinator,
                  "Address of the coordinator")
      ->required()
      ->check(CheckAddress);
  app->add_option("--listen", options->listen,
                  "Where peers connect (default: a unix socket beside a "
                  "coordinator on one,\n"
                  "else a free port)")
      ->check(CheckAddress);
  app->add_option(
      "--advertise", options->advertise,
      "Host that peers use to reach this one (default: the interface that\n"
      "reaches the coordinator)");
  app->add_option(
      "--model", options->model_path,
      "GGUF file or Hugging Face folder (default: the plan's path)");
  app->add_option("--metrics-listen", options->metrics_listen,
                  "HOST:PORT where Prometheus gets /metrics (default: "
                  "nowhere).\n"
                  "With --fork the first satellite's port; the others have the "
                  "ports\nafter it. Port 0: any free ones")
      ->check(CheckTcpAddress);
}

}  // namespace

std::optional<SatelliteFlags> ParseFlags(int argc, char** argv,
                                         int* exit_code) {
  SatelliteFlags flags;
  uint32_t index = 0;
  WarmParentOptions fork;
  double connect_timeout_s = absl::ToDoubleSeconds(kConnectTimeout);
  CLI::App app{kDescription, "spacemoe-satellite"};
  app.footer(kExamples);
  AddOwnOptions(&app, &flags.satellite);
  AddTlsFlags(&app, &flags.tls);
  CLI::Option* index_option = app.add_option(
      "--index", index, "Place in the plan, from 0 (default: any free one)");
  CLI::Option* fork_option =
      app.add_option("--fork", fork.count,
                     "Become the parent of so many satellites")
          ->envname("SPACEMOE_SATELLITES")
          ->check(CLI::Range(1, 100000))
          ->excludes(index_option)
          ->excludes(app.get_option("--listen"));
  CLI::Option* first_option =
      app.add_option("--first-index", fork.first_index,
                     "Place of the first forked satellite (default: any free "
                     "ones)")
          ->needs(fork_option);
  CLI::Option* indices_option =
      app.add_option("--indices", fork.indices,
                     "Become the parent of the satellites at these places, "
                     "such as 0,7,12")
          ->envname("SPACEMOE_INDICES")
          ->delimiter(',')
          ->excludes(index_option)
          ->excludes(fork_option)
          ->excludes(app.get_option("--listen"));
  app.add_option("--connect-timeout", connect_timeout_s,
                 "Seconds to wait for the coordinator")
      ->envname("SPACEMOE_CONNECT_TIMEOUT")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 86400.0));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    *exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  flags.satellite.connect_timeout = absl::Seconds(connect_timeout_s);
  if (index_option->count() > 0) flags.satellite.index = index;
  if (indices_option->count() > 0)
    fork.count = static_cast<int>(fork.indices.size());
  flags.any_place = first_option->count() + indices_option->count() == 0;
  const size_t forks = fork_option->count() + indices_option->count();
  const bool alone = flags.any_place && fork.count == 1;  // needs no parent
  if (forks > 0 && !alone) flags.fork = fork;
  if (const std::string bad = CheckMetricsPorts(flags); !bad.empty()) {
    std::fprintf(stderr, "spacemoe-satellite: %s\n", bad.c_str());
    *exit_code = 2;
    return std::nullopt;
  }
  return flags;
}

}  // namespace spacemoe
