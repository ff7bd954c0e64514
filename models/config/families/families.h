// The families, one function a file.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILIES_FAMILIES_H_
#define SPACEMOE_MODELS_CONFIG_FAMILIES_FAMILIES_H_

#include "models/config/family.h"

namespace spacemoe {

const Family& MixtralFamily();
const Family& GraniteMoeFamily();
const Family& GraniteMoeSharedFamily();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILIES_FAMILIES_H_
