// A checkpoint's tensors by what they are for.
#ifndef SPACEMOE_MODELS_CHECKPOINT_MODEL_WEIGHTS_H_
#define SPACEMOE_MODELS_CHECKPOINT_MODEL_WEIGHTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/config/tensor_role.h"
#include "models/tensor/matrix_view.h"

namespace spacemoe {

// Thread-safe; keeps nothing but the borrowed checkpoint, which must outlive
// it and the views it gives.
class ModelWeights {
 public:
  explicit ModelWeights(const Checkpoint& checkpoint)
      : checkpoint_(checkpoint) {}

  const ModelConfig& config() const { return checkpoint_.config(); }

  // The matrix of a role as a view into the mapped file, with the shape that
  // tensor_role.h lists; a slice of it where the file fuses or stacks. A norm
  // is [1, n], a bias [n, 1]. `layer` and `expert` are needed for the roles
  // that have them. A tied LM head is the token embedding.
  //
  // NOT_FOUND names the tensor that is missing; INVALID_ARGUMENT a shape that
  // contradicts the config (tensor, expected, found, file) or a layer or
  // expert that does not exist; UNIMPLEMENTED a type that no kernel reads.
  absl::StatusOr<MatrixView> Get(TensorRole role, std::int64_t layer = -1,
                                 std::int64_t expert = -1) const;

  // Checks every tensor of the model as Get does. Touches no data.
  absl::Status Validate() const;

  // Bytes that a role's holder reads, as stored. The head's include the
  // embedding once, tied or not.
  absl::StatusOr<std::int64_t> HeadBytes() const;
  absl::StatusOr<std::int64_t> GatewayBytes(std::int64_t layer) const;
  absl::StatusOr<std::int64_t> ExpertBytes(std::int64_t layer,
                                           std::int64_t expert) const;

  // Values in the model, and those that one token uses: everything but the
  // experts it is not sent to. The embedding counts whole; it is the LM head
  // too where they are tied.
  std::int64_t TotalParameters() const;
  std::int64_t ActiveParameters() const;

 private:
  absl::StatusOr<std::int64_t> Bytes(const std::vector<TensorRole>& roles,
                                     std::int64_t layer,
                                     std::int64_t expert) const;

  const Checkpoint& checkpoint_;
};

// Bytes of a view, scales included, without gaps between its rows.
std::int64_t ViewBytes(const MatrixView& view);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_MODEL_WEIGHTS_H_
