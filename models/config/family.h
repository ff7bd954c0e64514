// A model family is data: how its config reads and what its tensors are
// called. Each family is one file in families/, listed in family.cc; no other
// code names one.
#ifndef SPACEMOE_MODELS_CONFIG_FAMILY_H_
#define SPACEMOE_MODELS_CONFIG_FAMILY_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/config/model_config.h"
#include "models/config/tensor_role.h"
#include "nlohmann/json_fwd.hpp"

namespace spacemoe {

class FieldReader;

// Whether the rows of each head are permuted in the file, as llama.cpp does to
// Q and K of llama-derived architectures.
enum class RowOrder : std::uint8_t { kPlain, kPermutedHeads };

// Where a role's matrix lies in a file.
struct TensorName {
  TensorRole role;
  // "{layer}" and "{expert}" stand for numbers. An expert's role without
  // "{expert}" is a stack [experts, rows, cols].
  std::string_view pattern;
  // Fused tensors: the matrix is rows [part, part + 1) / parts.
  int part = 0;
  int parts = 1;
  RowOrder order = RowOrder::kPlain;
};

// What transformers assumes where config.json says nothing.
struct FamilyDefaults {
  double rms_norm_eps;
  double rope_theta;
};

struct Family {
  std::string_view name;          // Hugging Face's model_type
  std::string_view architecture;  // Hugging Face's class
  RoutingKind routing;
  FamilyDefaults defaults;

  // Reads the fields of config.json that are this family's own into `config`,
  // which holds the common ones already.
  absl::Status (*read_hugging_face)(const FieldReader& fields,
                                    ModelConfig& config);
  // The inverse: adds the family's own fields to a config.json.
  void (*write_hugging_face)(const ModelConfig& config, nlohmann::json& json);

  // llama.cpp's general.architecture; several families may share one.
  std::string_view gguf_architecture;
  // Whether a GGUF file of that architecture is of this family.
  bool (*matches_gguf)(const FieldReader& fields);
  absl::Status (*read_gguf)(const FieldReader& fields, ModelConfig& config);

  // Where several names of one role are listed, the first that the file has
  // is meant.
  std::span<const TensorName> hugging_face_tensors;
  std::span<const TensorName> gguf_tensors;
};

// All families, in the order of the documentation.
std::span<const Family* const> Families();

// "granitemoe, granitemoeshared, mixtral": for messages.
std::string KnownFamilies();

// NOT_FOUND lists the known ones.
absl::StatusOr<const Family*> FindFamily(std::string_view name);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILY_H_
