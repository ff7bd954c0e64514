// What every command of `spacemoe` is made of.
#ifndef SPACEMOE_CLI_COMMAND_H_
#define SPACEMOE_CLI_COMMAND_H_

#include <functional>

#include "CLI/CLI.hpp"
#include "cli/launcher/process_guard.h"

namespace spacemoe {

// Runs after its flags were parsed; returns the exit code. The guard is the
// program's. Flags that make no sense together throw a CLI::ValidationError.
using CommandBody = std::function<int(ProcessGuard* guard)>;

// Each adds a command to `app` and returns what it does; the flags live as long
// as the body.
CommandBody AddDemoCommand(CLI::App* app);
CommandBody AddGenerateCommand(CLI::App* app);
CommandBody AddLogitsCommand(CLI::App* app);
CommandBody AddVerifyCommand(CLI::App* app);
CommandBody AddTokenizeCommand(CLI::App* app);
CommandBody AddRenderCommand(CLI::App* app);
CommandBody AddConvertCommand(CLI::App* app);
CommandBody AddInspectCommand(CLI::App* app);
CommandBody AddPlanCommand(CLI::App* app);
CommandBody AddProfileCommand(CLI::App* app);
CommandBody AddSimulateCommand(CLI::App* app);
CommandBody AddBenchCommand(CLI::App* app);
CommandBody AddCertsCommand(CLI::App* app);
CommandBody AddComposeCommand(CLI::App* app);
CommandBody AddServeCommand(CLI::App* app);
CommandBody AddChatCommand(CLI::App* app);
CommandBody AddHealthCommand(CLI::App* app);

// --model, which is required.
CLI::Option* AddModelFlag(CLI::App* app, std::string* model);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_COMMAND_H_
