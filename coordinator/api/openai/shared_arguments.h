// The arguments that completions and chats have in common.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_SHARED_ARGUMENTS_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_SHARED_ARGUMENTS_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "coordinator/api/openai/fields.h"
#include "coordinator/api/openai/request.h"

namespace spacemoe::openai {

// Their names, and those of arguments that are taken and mean nothing here.
std::vector<std::string_view> SharedArguments();

// Reads all of them but max_tokens and logprobs.
absl::Status ReadSharedArguments(const Fields& fields,
                                 GenerationRequest* request);

// An argument that is not supported, unless it is absent, null or empty.
absl::Status RefuseArgument(const Fields& fields, const std::string& name);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_SHARED_ARGUMENTS_H_
