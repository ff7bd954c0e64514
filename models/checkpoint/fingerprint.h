// Whether two paths hold the same model.
#ifndef SPACEMOE_MODELS_CHECKPOINT_FINGERPRINT_H_
#define SPACEMOE_MODELS_CHECKPOINT_FINGERPRINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

// SHA-256, in hexadecimal, over the configuration, every tensor's name, type
// and shape, and 64 samples of 256 bytes from each file of weights: cheap, and
// different for another model, another quantisation and other weights of the
// same shapes. A change of a few bytes may stay unseen. The same wherever the
// checkpoint lies and whatever its folder is called. Errors: a file that can no
// longer be read.
absl::StatusOr<std::string> Fingerprint(const Checkpoint& checkpoint);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_FINGERPRINT_H_
