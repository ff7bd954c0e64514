// spacemoe: what a person types.
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/command.h"
#include "cli/launcher/process_guard.h"
#include "cli/terminal.h"
#include "runtime/net/grpc_settings.h"

namespace spacemoe {
namespace {

struct CommandSpec {
  const char* name;
  const char* help;
  CommandBody (*add)(CLI::App* app);
};

constexpr CommandSpec kCommands[] = {
    {"demo", "A chat whose every token goes round a ring of 270 satellites",
     AddDemoCommand},
    {"generate",
     "Texts from prompts, on a ring of satellites or in one process",
     AddGenerateCommand},
    {"serve", "An OpenAI-compatible API over a ring of satellites",
     AddServeCommand},
    {"chat", "A conversation in the terminal with a server", AddChatCommand},
    {"logits", "Logits of every position of a prompt", AddLogitsCommand},
    {"verify", "A checkpoint's results against expected ones",
     AddVerifyCommand},
    {"tokenize", "Text to token ids, JSON lines in and out",
     AddTokenizeCommand},
    {"render", "Messages to the text that a chat model is prompted with",
     AddRenderCommand},
    {"convert", "A GGUF file as a Hugging Face folder", AddConvertCommand},
    {"inspect", "What a checkpoint holds", AddInspectCommand},
    {"plan", "Which satellite would hold what, and how fast it would be",
     AddPlanCommand},
    {"profile", "How often experts are chosen, on a text or made up",
     AddProfileCommand},
    {"simulate", "Strategies of placement over an orbit, without running them",
     AddSimulateCommand},
    {"bench", "What live satellites take, beside what was predicted",
     AddBenchCommand},
    {"certs", "Keys for a cluster: an authority and a certificate a node",
     AddCertsCommand},
    {"compose", "A plan as a file for docker compose", AddComposeCommand},
    {"health", "Whether a coordinator or a satellite serves", AddHealthCommand},
};

// Pipes must not land on the numbers of stdin, stdout and stderr.
void OpenStandardStreams() {
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) fd = dup(fd);
  if (fd > STDERR_FILENO) close(fd);
}

std::string Names() {
  std::vector<std::string> names;
  for (const CommandSpec& spec : kCommands) names.push_back(spec.name);
  return absl::StrJoin(names, ", ");
}

int BadUse(const CLI::App& app, const CLI::ParseError& error) {
  WriteError(absl::StrCat("spacemoe: ", error.what(), "\n"));
  std::string name = "spacemoe";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    absl::StrAppend(&name, " ", at->get_name());
  }
  WriteError(absl::StrCat("Try: ", name, " --help\n"));
  return kExitBadUse;
}

int Parse(CLI::App* app, int argc, char** argv) {
  try {
    app->parse(argc, argv);
    return kExitOk;
  } catch (const CLI::Success& help) {
    app->exit(help);
    return -1;
  } catch (const CLI::ParseError& error) {
    return BadUse(*app, error);
  }
}

int Run(CLI::App* app, int argc, char** argv, ProcessGuard* guard) {
  std::vector<std::pair<CLI::App*, CommandBody>> commands;
  for (const CommandSpec& spec : kCommands) {
    CLI::App* const command = app->add_subcommand(spec.name, spec.help);
    commands.emplace_back(command, spec.add(command));
  }
  app->require_subcommand(0, 1);
  if (const int code = Parse(app, argc, argv); code != kExitOk) {
    return code < 0 ? kExitOk : code;
  }
  for (const auto& [command, body] : commands) {
    if (!command->parsed()) continue;
    try {
      return body(guard);
    } catch (const CLI::ParseError& error) {
      return BadUse(*app, error);
    }
  }
  WriteError(absl::StrCat("spacemoe: expected a command: ", Names(),
                          "\nTry: spacemoe --help\n"));
  return kExitBadUse;
}

}  // namespace
}  // namespace spacemoe

int main(int argc, char** argv) {
  spacemoe::OpenStandardStreams();
  // Before all that takes time: an interrupt finds its handler.
  spacemoe::ProcessGuard guard;
  spacemoe::PrepareGrpc();
  CLI::App app(
      "SpaceMoE: a Mixture-of-Experts model running across satellites.\n"
      "Exit codes: 0, 1 (the run failed), 2 (bad use).",
      "spacemoe");
  app.set_version_flag("--version", SPACEMOE_VERSION);
  return spacemoe::Run(&app, argc, argv, &guard);
}
