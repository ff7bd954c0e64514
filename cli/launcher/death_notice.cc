#include "cli/launcher/death_notice.h"

#include <sys/wait.h>

#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace spacemoe {
namespace {

std::optional<int> IntegerOf(const nlohmann::json& json, const char* field) {
  const auto it = json.find(field);
  if (it == json.end() || !it->is_number_integer()) return std::nullopt;
  return it->get<int>();
}

}  // namespace

std::optional<DeathNotice> ParseDeathNotice(const std::string& line) {
  const nlohmann::json json =
      nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto index = IntegerOf(json, "index");
  const auto pid = IntegerOf(json, "pid");
  if (!index.has_value() || !pid.has_value()) return std::nullopt;
  return DeathNotice{*index, *pid, IntegerOf(json, "exit"),
                     IntegerOf(json, "signal")};
}

std::string HowItEnded(const DeathNotice& notice) {
  if (notice.signal.has_value()) {
    const char* const name = sigabbrev_np(*notice.signal);
    return absl::StrCat("killed by signal ", *notice.signal, " (SIG",
                        name != nullptr ? name : "?", ")");
  }
  if (notice.exit_status.has_value()) {
    return absl::StrCat("exited with status ", *notice.exit_status);
  }
  return "ended";
}

std::string HowItEnded(int wait_status) {
  DeathNotice notice;
  if (WIFSIGNALED(wait_status)) notice.signal = WTERMSIG(wait_status);
  if (WIFEXITED(wait_status)) notice.exit_status = WEXITSTATUS(wait_status);
  return HowItEnded(notice);
}

}  // namespace spacemoe
