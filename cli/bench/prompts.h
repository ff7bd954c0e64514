// What `spacemoe bench latency` lets a model go on with.
#ifndef SPACEMOE_CLI_BENCH_PROMPTS_H_
#define SPACEMOE_CLI_BENCH_PROMPTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/text/prompt.h"

namespace spacemoe {

// The beginnings of three stories that the demo's profile is measured on
// (models/demo/stories.txt).
std::vector<Prompt> BuiltInPrompts();

// A text of one prompt a line; blank lines are left out. `origin` goes into
// errors. INVALID_ARGUMENT: no prompt, or a NUL character.
absl::StatusOr<std::vector<Prompt>> PromptsOfLines(const std::string& text,
                                                   const std::string& origin);

// The same from a file, or from stdin for "-". NOT_FOUND: it can't be read.
absl::StatusOr<std::vector<Prompt>> ReadPrompts(const std::string& path);

// For people: a text, the last message of a chat, or ids.
std::string PromptText(const Prompt& prompt);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_PROMPTS_H_
