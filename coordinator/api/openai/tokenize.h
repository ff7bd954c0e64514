// /tokenize and /detokenize, as llama.cpp's server has them.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_TOKENIZE_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_TOKENIZE_H_

#include <cstdint>

#include "coordinator/text/text_codec.h"
#include "runtime/http/message.h"

namespace spacemoe::openai {

// {"content", "add_special": false, "with_pieces": false} -> {"tokens": [...]}
HttpResponse Tokenize(const TextCodec& codec, const HttpRequest& request);

// {"tokens": [...]} -> {"content"}, special tokens spelt out.
HttpResponse Detokenize(const TextCodec& codec, int64_t vocab_size,
                        const HttpRequest& request);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_TOKENIZE_H_
