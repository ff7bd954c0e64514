#include "coordinator/options/api_options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "coordinator/options/flag_helpers.h"

namespace spacemoe {
namespace {

constexpr int64_t kMany = 1 << 20;
constexpr double kLongest = 7 * 24 * 3600;

FlagReader StoreText(std::string* text) {
  return [text](const std::string& value) {
    *text = value;
    return absl::OkStatus();
  };
}

FlagReader StoreCount(int64_t* count) {
  return IntegerReader(1, kMany, [count](int64_t n) { *count = n; });
}

}  // namespace

void AddHttpFlag(CLI::App* app, ApiSettings* settings) {
  const std::string standing =
      settings->listen.empty() ? "no API" : settings->listen;
  AddFlag(app, "--http", "HOST:PORT",
          absl::StrCat("serve an OpenAI-compatible API there; port 0 is any "
                       "(default: ",
                       standing, ")"),
          StoreText(&settings->listen));
}

void AddApiFlags(CLI::App* app, ApiSettings* settings) {
  AddFlag(app, "--api-key-file", "FILE",
          "clients must have one of these keys, one a line (default: those of "
          "SPACEMOE_API_KEYS, apart by commas; none: everybody may)",
          StoreText(&settings->key_file));
  AddFlag(app, "--model-name", "NAME",
          "what clients call the model (default: the checkpoint's name)",
          StoreText(&settings->model_name));
  AddFlag(app, "--http-max-connections", "N",
          "open at once; one more gets 503 (default 256)",
          StoreCount(&settings->max_connections));
  AddFlag(app, "--max-active", "N",
          "sequences on the ring at once; more wait (default 64)",
          StoreCount(&settings->max_active));
  AddFlag(app, "--max-queued", "N",
          "sequences that wait; one more gets 429 (default 256)",
          StoreCount(&settings->max_queued));
  AddFlag(app, "--request-timeout", "SECONDS",
          "what a request may take, its wait included (default 600)",
          NumberReader(0.001, kLongest, [settings](double seconds) {
            settings->request_timeout_s = seconds;
          }));
}

std::vector<std::string> ToArguments(const ApiSettings& settings) {
  if (settings.listen.empty()) return {};
  std::vector<std::string> args = {
      absl::StrCat("--http=", settings.listen),
      absl::StrCat("--http-max-connections=", settings.max_connections),
      absl::StrCat("--max-active=", settings.max_active),
      absl::StrCat("--max-queued=", settings.max_queued),
      absl::StrFormat("--request-timeout=%.17g", settings.request_timeout_s)};
  if (!settings.key_file.empty()) {
    args.push_back(absl::StrCat("--api-key-file=", settings.key_file));
  }
  if (!settings.model_name.empty()) {
    args.push_back(absl::StrCat("--model-name=", settings.model_name));
  }
  return args;
}

}  // namespace spacemoe
