// Bodies of the API's requests: refused with a reason, or read within limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "coordinator/api/openai/fields.h"
#include "coordinator/api/openai/request.h"

namespace {

using spacemoe::openai::GenerationRequest;

void Check(const absl::StatusOr<GenerationRequest>& request) {
  if (!request.ok()) {
    // An answer can be made of it.
    const auto error = spacemoe::openai::ToApiError(request.status());
    if (error.status != 400 || error.message.empty()) std::abort();
    spacemoe::openai::Dump(spacemoe::openai::ToJson(error));
    return;
  }
  const size_t texts = request->prompts.size() * request->best_of;
  const bool sound = texts >= 1 && texts <= spacemoe::openai::kMaxChoices &&
                     request->n >= 1 && request->n <= request->best_of &&
                     request->max_tokens.value_or(1) >= 1;
  if (!sound) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto json = spacemoe::openai::ParseBody(body);
  if (!json.ok()) return 0;
  Check(spacemoe::openai::ParseCompletionRequest(*json));
  Check(spacemoe::openai::ParseChatRequest(*json));
  return 0;
}
