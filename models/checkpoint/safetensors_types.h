// The element types of safetensors.
#ifndef SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_TYPES_H_
#define SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_TYPES_H_

#include <optional>
#include <string>
#include <string_view>

#include "models/tensor/matrix_view.h"

namespace spacemoe {

struct SafetensorsDtype {
  std::string_view name;
  int bits;
  std::optional<StorageType> type;  // unset: no kernel reads it
};

// nullptr when there is none of that name.
const SafetensorsDtype* FindSafetensorsDtype(std::string_view name);

// "BOOL, F4, ...": for messages.
std::string KnownSafetensorsDtypes();

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_SAFETENSORS_TYPES_H_
