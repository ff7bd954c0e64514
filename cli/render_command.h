// spacemoe render: messages to the text that the model is prompted with.
#ifndef SPACEMOE_CLI_RENDER_COMMAND_H_
#define SPACEMOE_CLI_RENDER_COMMAND_H_

#include <istream>
#include <ostream>

#include "models/chat/tokenizer_bundle.h"

namespace spacemoe {

// JSON lines in: {"messages", "add_generation_prompt" (default false), "tools"
// (optional)}, and more fields, which the template sees as variables; out:
// {"rendered"}, or {"error"} with what the template raises. A line that is not
// such an object gives {"error"} with its number. Returns the exit code: 1 if
// there was one, else 0.
int RunRender(const TokenizerBundle& bundle, std::istream& in,
              std::ostream& out);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_RENDER_COMMAND_H_
