#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "cli/certs/key_folder.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"
#include "runtime/tls/node_name.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Makes an authority and a folder of keys for each node: coordinator,\n"
    "satellite and client, and one for each --node. Copy a node its folder; "
    "ca.key\nstays where it is.\n"
    "Examples:\n"
    "  spacemoe certs keys/ --constellation demo\n"
    "  spacemoe certs keys/ --add --node 10.0.0.7 --node client:alice\n"
    "  spacemoe certs keys/ --add --force --days 90     (renews all nodes)\n"
    "  spacemoe certs --check keys/\n"
    "Exit code 1 of --check: a certificate is not good.\n";

constexpr int64_t kMostDays = 36500;

struct Flags {
  KeyFolderOptions options;
  int64_t days = 365;
  bool check = false;
};

int Make(Flags flags) {
  flags.options.lifetime = absl::Hours(24) * flags.days;
  std::vector<NodeKeys> nodes = DefaultNodes();
  nodes.insert(nodes.end(), flags.options.nodes.begin(),
               flags.options.nodes.end());
  flags.options.nodes = std::move(nodes);
  const auto made = MakeKeys(flags.options, absl::Now());
  if (!made.ok()) return ReportFailure(made.status());
  WriteError(absl::StrCat(flags.options.folder, ": ",
                          made->empty()
                              ? "nothing was missing"
                              : "made keys for " + absl::StrJoin(*made, ", "),
                          "\n"));
  return kExitOk;
}

std::string LineOf(const KeyReport& report) {
  const std::string expires =
      report.expires == absl::Time()
          ? "-"
          : absl::FormatTime("%Y-%m-%d", report.expires, absl::UTCTimeZone());
  return absl::StrFormat(
      "%-28s %-36s %-10s %s\n", report.file, report.name, expires,
      report.status.ok() ? "good" : std::string(report.status.message()));
}

int Check(const std::string& folder) {
  const auto reports = CheckKeys(folder, absl::Now());
  if (!reports.ok()) return ReportFailure(reports.status());
  bool good = true;
  WriteOut(absl::StrFormat("%-28s %-36s %-10s\n", "file", "name", "until"));
  for (const KeyReport& report : *reports) {
    good &= report.status.ok();
    WriteOut(LineOf(report));
  }
  return good ? kExitOk : kExitFailed;
}

int Run(const Flags& flags) {
  return flags.check ? Check(flags.options.folder) : Make(flags);
}

}  // namespace

CommandBody AddCertsCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  KeyFolderOptions* const options = &flags->options;
  app->add_option("folder", options->folder, "where the keys are, or will be")
      ->type_name("OUT_DIR")
      ->required();
  AddFlag(app, "--constellation", "NAME",
          "nodes of another constellation are refused (default spacemoe)",
          [options](const std::string& name) -> absl::Status {
            SPACEMOE_RETURN_IF_ERROR(CheckConstellationName(name));
            options->constellation = name;
            return absl::OkStatus();
          });
  AddRepeatedFlag(app, "--node", "[ROLE:]HOST",
                  "one more node with keys of its own, a satellite or client "
                  "or coordinator; may be repeated",
                  [options](const std::string& text) -> absl::Status {
                    SPACEMOE_ASSIGN_OR_RETURN(const NodeKeys node,
                                              ParseNode(text));
                    options->nodes.push_back(node);
                    return absl::OkStatus();
                  });
  AddFlag(app, "--days", "N", "how long nodes' certificates last (default 365)",
          IntegerReader(1, kMostDays, [flags](int64_t n) { flags->days = n; }));
  app->add_flag("--add", options->add,
                "make what is missing, with the authority that is there");
  app->add_flag("--force", options->force, "replace what is there");
  app->add_flag("--check", flags->check, "print what there is and until when");
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
