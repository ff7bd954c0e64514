// The functions that every template can call.
#ifndef SPACEMOE_MODELS_CHAT_FUNCTIONS_H_
#define SPACEMOE_MODELS_CHAT_FUNCTIONS_H_

#include "models/chat/scope.h"

namespace spacemoe::jinja {

// range, dict, namespace, joiner, cycler, raise_exception, strftime_now.
void DefineFunctions(Scope* scope);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_FUNCTIONS_H_
