#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/compose/compose_file.h"
#include "cli/compose/plan_services.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "coordinator/options/ring_options.h"
#include "runtime/base/process.h"
#include "runtime/base/read_file.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "Writes a file for docker compose with a service for each layer of a plan "
    "and\nmemory limits from the plan. docs/cluster.md says more.\n"
    "Examples:\n"
    "  spacemoe plan --model models/demo --json > plan\n"
    "  spacemoe compose --plan plan --model models/demo -o cluster.yaml\n"
    "  docker-compose -f cluster.yaml up -d\n";

struct Flags {
  std::string plan;
  std::string output;  // empty: stdout
  ComposeOptions options;
};

// Compose would make a folder of what is not there.
absl::StatusOr<std::string> Existing(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::canonical(path, error);
  if (!error) return absolute.string();
  return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
}

absl::Status Write(const std::string& path, const std::string& text) {
  if (path.empty()) {
    WriteOut(text);
    return absl::OkStatus();
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return ErrnoStatus(absl::StrCat("cannot write ", path), errno);
}

absl::Status Make(Flags flags) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.plan));
  SPACEMOE_ASSIGN_OR_RETURN(const PlanServices plan,
                            ParsePlanServices(text, flags.plan));
  SPACEMOE_ASSIGN_OR_RETURN(flags.options.model, Existing(flags.options.model));
  if (plan.profile != "uniform") {
    SPACEMOE_ASSIGN_OR_RETURN(flags.options.profile, Existing(plan.profile));
  }
  return Write(flags.output, ComposeFile(plan, flags.options));
}

int Run(const Flags& flags) {
  const absl::Status status = Make(flags);
  return status.ok() ? kExitOk : ReportFailure(status);
}

}  // namespace

CommandBody AddComposeCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  ComposeOptions* const options = &flags->options;
  app->add_option("--plan", flags->plan, "the output of spacemoe plan --json")
      ->type_name("FILE")
      ->required();
  AddModelFlag(app, &options->model);
  app->add_option("--image", options->image, "the image (default spacemoe)")
      ->type_name("NAME");
  app->add_option("--coordinator-flags", options->flags,
                  "further flags of the coordinator, such as \"--links off\"")
      ->type_name("TEXT");
  AddFlag(app, "--kv", "BYTES",
          "KV cache that each gateway's limit has room for (default 64M)",
          [options](const std::string& text) -> absl::Status {
            SPACEMOE_ASSIGN_OR_RETURN(options->kv_bytes, ParseBytes(text));
            return absl::OkStatus();
          });
  app->add_option("-o,--output", flags->output, "default: stdout")
      ->type_name("FILE");
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
