#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/chat/chat_session.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "coordinator/options/flag_helpers.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr char kExamples[] =
    "A message a line. In a conversation, /reset forgets what was said and "
    "/quit ends.\n"
    "Examples:\n"
    "  spacemoe chat\n"
    "  echo \"What is an orbit?\" | spacemoe chat --url http://localhost:8000 "
    "--temperature 0\n";
constexpr char kKeyVariable[] = "SPACEMOE_API_KEY";

struct Flags {
  ChatOptions chat;
  std::string key_file;
};

absl::Status ReadKey(Flags* flags) {
  if (flags->key_file.empty()) {
    const char* const key = std::getenv(kKeyVariable);
    if (key != nullptr) flags->chat.api_key = key;
    return absl::OkStatus();
  }
  std::ifstream file(flags->key_file);
  std::string line;
  while (std::getline(file, line)) {
    flags->chat.api_key = std::string(absl::StripAsciiWhitespace(line));
    if (!flags->chat.api_key.empty() && flags->chat.api_key.front() != '#') {
      return absl::OkStatus();
    }
  }
  return absl::NotFoundError(
      absl::StrCat("expected an API key in ", flags->key_file, ", found none"));
}

bool IsConversation() { return isatty(STDIN_FILENO) == 1; }

// False: the conversation ends.
bool Command(const std::string& line, ChatSession* session) {
  if (line == "/quit" || line == "/exit") return false;
  if (line == "/reset") {
    session->Reset();
    WriteError("spacemoe: a new conversation\n");
  } else {
    WriteError(
        absl::StrCat("spacemoe: expected /reset or /quit, found ", line, "\n"));
  }
  return true;
}

absl::Status Answer(const std::string& line, ChatSession* session) {
  bool said = false;
  const absl::Status status =
      session->Ask(line, [&said](const std::string& text) {
        WriteOut(text);
        said = true;
      });
  if (said || status.ok()) WriteOut("\n");
  if (!session->report().empty()) {
    WriteError(absl::StrCat("[", session->report(), "]\n"));
  }
  return status;
}

absl::Status Converse(Flags flags) {
  SPACEMOE_RETURN_IF_ERROR(ReadKey(&flags));
  SPACEMOE_ASSIGN_OR_RETURN(ChatSession session, ChatSession::Open(flags.chat));
  const bool conversation = IsConversation();
  if (conversation) {
    WriteError(absl::StrCat(session.model(), " at ", flags.chat.url,
                            "; /reset forgets, /quit ends\n"));
  }
  std::string line;
  while (true) {
    if (conversation) WriteError("> ");
    if (!std::getline(std::cin, line)) break;
    line = std::string(absl::StripAsciiWhitespace(line));
    if (line.empty()) continue;
    if (line.front() == '/') {
      if (!Command(line, &session)) break;
      continue;
    }
    const absl::Status status = Answer(line, &session);
    if (status.ok()) continue;
    if (!conversation) return status;
    ReportFailure(status);
  }
  return absl::OkStatus();
}

int Run(const Flags& flags) {
  const absl::Status status = Converse(flags);
  return status.ok() ? kExitOk : ReportFailure(status);
}

}  // namespace

CommandBody AddChatCommand(CLI::App* app) {
  const auto flags = std::make_shared<Flags>();
  ChatOptions* const chat = &flags->chat;
  app->add_option("--url", chat->url,
                  "of the server (default http://localhost:8000)")
      ->type_name("URL");
  app->add_option("--api-key-file", flags->key_file,
                  "the first key in it is sent (default: SPACEMOE_API_KEY)")
      ->type_name("FILE");
  app->add_option("--model-name", chat->model,
                  "which of the server's models (default: the first)")
      ->type_name("NAME");
  app->add_option("--system", chat->system, "what the model is told beforehand")
      ->type_name("TEXT");
  AddFlag(app, "--max-tokens", "N", "of each answer",
          IntegerReader(1, std::numeric_limits<int32_t>::max(),
                        [chat](int64_t n) { chat->max_tokens = n; }));
  AddFlag(app, "--temperature", "T", "0 is greedy (default: the server's, 1)",
          NumberReader(0, 2, [chat](double t) { chat->temperature = t; }));
  AddFlag(app, "--top-p", "P",
          "draw from the best tokens whose probabilities reach P",
          NumberReader(0, 1, [chat](double p) { chat->top_p = p; }));
  AddFlag(app, "--seed", "S", "the same seed draws the same answers",
          IntegerReader(0, std::numeric_limits<int64_t>::max(),
                        [chat](int64_t s) { chat->seed = s; }));
  app->footer(kExamples);
  return [flags](ProcessGuard*) { return Run(*flags); };
}

}  // namespace spacemoe
