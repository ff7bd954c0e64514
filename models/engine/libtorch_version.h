// Which libtorch is linked.
#ifndef SPACEMOE_MODELS_ENGINE_LIBTORCH_VERSION_H_
#define SPACEMOE_MODELS_ENGINE_LIBTORCH_VERSION_H_

#include <string>

namespace spacemoe {

// As the library itself reports it, such as "1.13.0"; empty where it does not.
std::string LibtorchVersion();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_LIBTORCH_VERSION_H_
