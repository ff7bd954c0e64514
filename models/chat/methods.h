// The methods of str, list and dict, as tables.
#ifndef SPACEMOE_MODELS_CHAT_METHODS_H_
#define SPACEMOE_MODELS_CHAT_METHODS_H_

#include <span>

#include "models/chat/object.h"

namespace spacemoe::jinja {

struct MethodEntry {
  const char* name;
  Method::Function function;  // nullptr: not allowed, it would change the value
};

std::span<const MethodEntry> StringMethods();
std::span<const MethodEntry> StringSplitMethods();
std::span<const MethodEntry> StringPredicateMethods();
std::span<const MethodEntry> ListMethods();
std::span<const MethodEntry> DictMethods();

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_METHODS_H_
