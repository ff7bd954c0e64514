#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/address.h"
#include "runtime/net/health_client.h"
#include "runtime/net/tls_flags.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Exit code 0: it serves; 1: it does not, or nobody answers.\n"
    "Examples:\n"
    "  spacemoe health localhost:7000\n"
    "  spacemoe health coordinator:7300 --tls-ca ca.pem --tls-cert cert.pem "
    "\\\n"
    "    --tls-key key.pem       (any node's keys will do)\n"
    "  HEALTHCHECK CMD [\"spacemoe\", \"health\", \"localhost:7000\"]\n";

struct Flags {
  std::string address;
  NodeRole role = NodeRole::kCoordinator;
  TlsFlags tls;
  double timeout_s = 5;
};

absl::Status Ask(const Flags& flags) {
  ChannelSecurity security{.server = flags.role};
  SPACEMOE_ASSIGN_OR_RETURN(
      security.identity,
      IdentityFor(flags.tls, /*role=*/std::nullopt, {flags.address}));
  return CheckHealth(flags.address, absl::Seconds(flags.timeout_s), security);
}

int Run(const Flags& flags) {
  const absl::Status status = Ask(flags);
  if (!status.ok()) return ReportFailure(status);
  WriteOut("ready\n");
  return kExitOk;
}

std::string CheckAddress(const std::string& text) {
  const auto address = ParseAddress(text);
  return address.ok() ? "" : std::string(address.status().message());
}

}  // namespace

CommandBody AddHealthCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  app->add_option("address", flags->address,
                  "a coordinator's or satellite's address: host:port, "
                  "unix:path or unix-abstract:name")
      ->type_name("ADDRESS")
      ->required()
      ->check(CheckAddress);
  AddFlag(app, "--role", "coordinator|satellite",
          "whom to find there, with TLS (default coordinator)",
          ChoiceReader({"coordinator", "satellite"},
                       [flags](const std::string& role) {
                         flags->role = *ParseRole(role);
                       }));
  AddTlsFlags(app, &flags->tls);
  AddFlag(
      app, "--timeout", "SECONDS", "how long to wait (default 5)",
      NumberReader(0.01, 3600, [flags](double s) { flags->timeout_s = s; }));
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
