// How deep JSON from outside nests, before a parser recurses into it.
#ifndef SPACEMOE_RUNTIME_BASE_JSON_DEPTH_H_
#define SPACEMOE_RUNTIME_BASE_JSON_DEPTH_H_

#include <string_view>

namespace spacemoe {

// Counts brackets outside of strings; whether they match is the parser's
// business.
bool NestsDeeperThan(int levels, std::string_view json);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_BASE_JSON_DEPTH_H_
