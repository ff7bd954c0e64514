#include "models/checkpoint/model_weights.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/tensor_pattern.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

bool IsHeadRole(TensorRole role) { return role <= TensorRole::kLmHead; }

// "query of layer 3", "expert up of layer 3, expert 5".
std::string Describe(TensorRole role, std::int64_t layer, std::int64_t expert) {
  std::string text(TensorRoleName(role));
  if (!IsHeadRole(role)) absl::StrAppend(&text, " of layer ", layer);
  if (IsExpertRole(role)) absl::StrAppend(&text, ", expert ", expert);
  return text;
}

absl::Status CheckIndex(const char* what, std::int64_t index,
                        std::int64_t count) {
  if (index >= 0 && index < count) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "expected ", what, " from 0 to ", count - 1, ", found ", index));
}

absl::Status CheckIndices(TensorRole role, std::int64_t layer,
                          std::int64_t expert, const ModelConfig& config) {
  if (IsHeadRole(role)) return absl::OkStatus();
  SPACEMOE_RETURN_IF_ERROR(CheckIndex("a layer", layer, config.layers));
  if (!IsExpertRole(role)) return absl::OkStatus();
  return CheckIndex("an expert", expert, config.experts);
}

// A GGUF file leaves out outermost dimensions of 1.
std::vector<std::int64_t> WithoutLeadingOnes(std::vector<std::int64_t> shape) {
  while (shape.size() > 1 && shape.front() == 1) shape.erase(shape.begin());
  return shape;
}

absl::Status CheckShape(const TensorInfo& tensor, const TensorName& name,
                        const ModelConfig& config) {
  const std::vector<std::int64_t> expected = TensorShape(name, config);
  if (WithoutLeadingOnes(tensor.shape) == WithoutLeadingOnes(expected)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      *tensor.file, ": tensor '", tensor.name, "' (",
      std::string(TensorRoleName(name.role)), "): the config demands shape ",
      ShapeString(expected), ", found ", ShapeString(tensor.shape)));
}

absl::StatusOr<StorageType> CheckType(const TensorInfo& tensor,
                                      const TensorName& name) {
  const bool readable =
      tensor.type && !(IsBiasRole(name.role) && IsQuantized(*tensor.type));
  if (readable) return *tensor.type;
  return absl::UnimplementedError(absl::StrCat(
      *tensor.file, ": tensor '", tensor.name, "' has type ", tensor.type_name,
      ", which is not supported; known: F32, F16, BF16, Q8_0, Q4_0, Q4_1, "
      "Q5_0, Q5_1"));
}

std::int64_t PermutedHeads(const TensorName& name, const ModelConfig& config) {
  if (name.order == RowOrder::kPlain) return 0;
  const bool query =
      name.role == TensorRole::kQuery || name.role == TensorRole::kQueryBias;
  return query ? config.heads : config.kv_heads;
}

std::int64_t RowBytes(StorageType type, std::int64_t cols) {
  return cols / BlockValues(type) * BlockBytes(type);
}

absl::StatusOr<MatrixView> Slice(const TensorInfo& tensor,
                                 const TensorName& name, std::int64_t expert,
                                 const ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(CheckShape(tensor, name, config));
  MatrixView view;
  SPACEMOE_ASSIGN_OR_RETURN(view.type, CheckType(tensor, name));
  const MatrixShape shape = ExpectedShape(name.role, config);
  view.rows = shape.rows;
  view.cols = shape.cols;
  view.row_bytes = RowBytes(view.type, view.cols);
  const std::int64_t stacked = IsStacked(name) ? expert : 0;
  const std::int64_t matrix = stacked * name.parts + name.part;
  view.data = tensor.data + matrix * view.rows * view.row_bytes;
  view.permuted_heads = PermutedHeads(name, config);
  return view;
}

std::int64_t Parameters(const std::vector<TensorRole>& roles,
                        const ModelConfig& config) {
  std::int64_t total = 0;
  for (const TensorRole role : roles) {
    const MatrixShape shape = ExpectedShape(role, config);
    total += shape.rows * shape.cols;
  }
  return total;
}

std::int64_t CountParameters(const ModelConfig& config, std::int64_t experts) {
  const std::int64_t layer = Parameters(GatewayRoles(config), config) +
                             experts * Parameters(ExpertRoles(), config);
  return Parameters(HeadRoles(config), config) + config.layers * layer;
}

}  // namespace

std::int64_t ViewBytes(const MatrixView& view) {
  return view.rows * RowBytes(view.type, view.cols);
}

absl::StatusOr<MatrixView> ModelWeights::Get(TensorRole role,
                                             std::int64_t layer,
                                             std::int64_t expert) const {
  SPACEMOE_RETURN_IF_ERROR(CheckIndices(role, layer, expert, config()));
  if (role == TensorRole::kLmHead && config().tie_word_embeddings) {
    role = TensorRole::kTokenEmbedding;
  }
  std::string first_name;
  for (const TensorName& name : checkpoint_.tensor_names()) {
    if (name.role != role) continue;
    const std::string expanded = ExpandName(name.pattern, layer, expert);
    const TensorInfo* tensor = checkpoint_.FindTensor(expanded);
    if (tensor != nullptr) return Slice(*tensor, name, expert, config());
    if (first_name.empty()) first_name = expanded;
  }
  return absl::NotFoundError(
      absl::StrCat(checkpoint_.path(), ": tensor '", first_name, "' (",
                   Describe(role, layer, expert), ") is missing"));
}

absl::Status ModelWeights::Validate() const {
  SPACEMOE_RETURN_IF_ERROR(HeadBytes().status());
  for (std::int64_t layer = 0; layer < config().layers; ++layer) {
    SPACEMOE_RETURN_IF_ERROR(GatewayBytes(layer).status());
    for (std::int64_t expert = 0; expert < config().experts; ++expert) {
      SPACEMOE_RETURN_IF_ERROR(ExpertBytes(layer, expert).status());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> ModelWeights::Bytes(
    const std::vector<TensorRole>& roles, std::int64_t layer,
    std::int64_t expert) const {
  std::int64_t total = 0;
  for (const TensorRole role : roles) {
    SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view, Get(role, layer, expert));
    total += ViewBytes(view);
  }
  return total;
}

absl::StatusOr<std::int64_t> ModelWeights::HeadBytes() const {
  return Bytes(HeadRoles(config()), -1, -1);
}

absl::StatusOr<std::int64_t> ModelWeights::GatewayBytes(
    std::int64_t layer) const {
  return Bytes(GatewayRoles(config()), layer, -1);
}

absl::StatusOr<std::int64_t> ModelWeights::ExpertBytes(
    std::int64_t layer, std::int64_t expert) const {
  return Bytes(ExpertRoles(), layer, expert);
}

std::int64_t ModelWeights::TotalParameters() const {
  return CountParameters(config(), config().experts);
}

std::int64_t ModelWeights::ActiveParameters() const {
  return CountParameters(config(), config().experts_per_token);
}

}  // namespace spacemoe
