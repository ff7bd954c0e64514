#include "cli/json_lines.h"

#include <exception>
#include <string>

#include "absl/strings/str_cat.h"

namespace spacemoe {
namespace {

using Json = nlohmann::ordered_json;

absl::StatusOr<Json> AnswerLine(const std::string& line,
                                const JsonAnswer& answer) {
  Json request;
  try {
    request = Json::parse(line);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", error.what()));
  }
  if (!request.is_object()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected an object, found ", request.type_name()));
  }
  return answer(request);
}

}  // namespace

int AnswerJsonLines(std::istream& in, std::ostream& out,
                    const JsonAnswer& answer) {
  int exit_code = 0;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<Json> result = AnswerLine(line, answer);
    if (!result.ok()) {
      exit_code = 1;
      result =
          Json{{"error", absl::StrCat("line ", number, ": ",
                                      std::string(result.status().message()))}};
    }
    out << result->dump(-1, ' ', false, Json::error_handler_t::replace)
        << std::endl;
  }
  return exit_code;
}

}  // namespace spacemoe
