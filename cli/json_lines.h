// Commands that answer each line of JSON with a line of JSON.
#ifndef SPACEMOE_CLI_JSON_LINES_H_
#define SPACEMOE_CLI_JSON_LINES_H_

#include <functional>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "absl/status/statusor.h"

namespace spacemoe {

using JsonAnswer = std::function<absl::StatusOr<nlohmann::ordered_json>(
    const nlohmann::ordered_json& request)>;

// Writes the answer to each object read. A line that is not an object, or for
// which `answer` fails, gives {"error": "line N: ..."}. Blank lines are
// skipped. Returns the exit code: 1 if there was such a line, else 0.
int AnswerJsonLines(std::istream& in, std::ostream& out,
                    const JsonAnswer& answer);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_JSON_LINES_H_
