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
#include "models/config/gguf_facts.h"
#include "models/config/model_config.h"
#include "models/config/tensor_role.h"
#include "nlohmann/json_fwd.hpp"

namespace spacemoe {

class FieldReader;

enum class RowOrder : std::uint8_t {
  kPlain,
  // The rows of each head are permuted, as llama.cpp does to Q and K of
  // llama-derived architectures.
  kPermutedHeads,
  // Of fused tensors: their rows alternate, those of part 0 being the first,
  // the (1 + parts)th, ...
  kInterleaved,
};

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
  // Stored as [cols, parts * rows]: used as x W.
  bool transposed = false;
  // Stored as MXFP4: PATTERN_blocks and PATTERN_scales.
  bool mxfp4 = false;
  // A row whose shape is published as [1, n], not [n].
  bool two_dimensional = false;
};

// What transformers assumes where config.json says nothing.
struct FamilyDefaults {
  double rms_norm_eps;
  double rope_theta;
  bool tie_word_embeddings = false;
};

// What config.json calls fields that all families have.
struct FamilyFields {
  std::string_view experts = "num_local_experts";
  std::string_view experts_per_token = "num_experts_per_tok";
};

struct Family {
  std::string_view name;          // Hugging Face's model_type
  std::string_view architecture;  // Hugging Face's class
  RoutingRule routing;            // as far as the config has no say in it
  FamilyDefaults defaults;
  FamilyFields fields;
  // The model_type of a larger model whose text_config is of this family.
  std::string_view outer_type = {};
  bool partial_rotary = false;    // reads partial_rotary_factor itself
  bool latent_attention = false;  // reads the sizes of heads itself

  // Reads the fields of config.json that are this family's own into `config`,
  // which holds the common ones already.
  absl::Status (*read_hugging_face)(const FieldReader& fields,
                                    ModelConfig& config);
  // The inverse: adds the family's own fields to a config.json. Null where no
  // GGUF file is read.
  void (*write_hugging_face)(const ModelConfig& config,
                             nlohmann::json& json) = nullptr;

  // llama.cpp's general.architecture; several families may share one. Empty:
  // no GGUF file is read, and the rest of it is null.
  std::string_view gguf_architecture = {};
  // Whether a GGUF file of that architecture is of this family.
  bool (*matches_gguf)(const FieldReader& fields,
                       const GgufFacts& facts) = nullptr;
  absl::Status (*read_gguf)(const FieldReader& fields,
                            ModelConfig& config) = nullptr;

  // Where several names of one role are listed, the first that the file has
  // is meant.
  std::span<const TensorName> hugging_face_tensors;
  std::span<const TensorName> gguf_tensors = {};
};

// All families, in the order of the documentation.
std::span<const Family* const> Families();

// "granitemoe, granitemoeshared, mixtral": for messages.
std::string KnownFamilies();

// NOT_FOUND lists the known ones.
absl::StatusOr<const Family*> FindFamily(std::string_view name);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_FAMILY_H_
