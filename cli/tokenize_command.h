// spacemoe tokenize: text to token ids.
#ifndef SPACEMOE_CLI_TOKENIZE_COMMAND_H_
#define SPACEMOE_CLI_TOKENIZE_COMMAND_H_

#include <istream>
#include <ostream>

#include "models/tokenizer/tokenizer.h"

namespace spacemoe {

// JSON lines in: {"text", "add_special_tokens" (default true)}; out: {"ids",
// "decoded"}, decoded from the ids with special tokens kept. A line that is
// not such an object gives {"error"} with its number. Returns the exit code:
// 1 if there was one, else 0.
int RunTokenize(const Tokenizer& tokenizer, std::istream& in,
                std::ostream& out);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_TOKENIZE_COMMAND_H_
