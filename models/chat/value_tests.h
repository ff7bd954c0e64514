// The tests: value is name(args).
#ifndef SPACEMOE_MODELS_CHAT_VALUE_TESTS_H_
#define SPACEMOE_MODELS_CHAT_VALUE_TESTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "models/chat/render_runtime.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// Unimplemented for a test that is not known, with its name.
absl::StatusOr<bool> ApplyTest(Runtime& runtime, const std::string& name,
                               const Value& value, const Args& args);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_VALUE_TESTS_H_
