#include "models/checkpoint/model_weights.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/checkpoint/tensor_pattern.h"
#include "models/checkpoint/weight_scales.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

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
  return CheckIndex("an expert", expert, config.Experts(layer));
}

// A GGUF file leaves out outermost dimensions of 1.
std::vector<std::int64_t> WithoutLeadingOnes(std::vector<std::int64_t> shape) {
  while (shape.size() > 1 && shape.front() == 1) shape.erase(shape.begin());
  return shape;
}

// What is asked for.
struct Wanted {
  const ModelConfig& config;
  std::int64_t layer;
  std::int64_t expert;
};

absl::Status CheckShape(const TensorInfo& tensor, const TensorName& name,
                        const Wanted& wanted) {
  const std::vector<std::int64_t> expected =
      TensorShape(name, wanted.config, wanted.layer, wanted.expert);
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
  if (name.mxfp4 && tensor.type_name == "U8") return StorageType::kF4;
  const bool vector = IsBiasRole(name.role) || IsNormRole(name.role);
  const bool readable =
      tensor.type && !(vector && IsQuantized(*tensor.type)) && !name.mxfp4;
  if (readable) return *tensor.type;
  return absl::UnimplementedError(absl::StrCat(
      *tensor.file, ": tensor '", tensor.name, "' has type ", tensor.type_name,
      ", which is not supported; known: F32, F16, BF16; of matrices "
      "F8_E4M3 with scales, MXFP4, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to "
      "Q6_K"));
}

std::int64_t PermutedHeads(const TensorName& name, const ModelConfig& config) {
  if (name.order != RowOrder::kPermutedHeads) return 0;
  const bool query =
      name.role == TensorRole::kQuery || name.role == TensorRole::kQueryBias;
  return query ? config.heads : config.kv_heads;
}

std::int64_t RowBytes(StorageType type, std::int64_t cols) {
  return cols / BlockValues(type) * BlockBytes(type);
}

// Which stored row is the first of a part, and how far apart its rows are.
struct PartRows {
  std::int64_t first;
  std::int64_t step;
};

PartRows RowsOfPart(const TensorName& name, std::int64_t rows) {
  if (name.order == RowOrder::kInterleaved) return {name.part, name.parts};
  return {name.part * rows, 1};
}

// Sets where the values lie; `matrix`: the whole one that the tensor holds.
void PlaceValues(const TensorName& name, const std::byte* matrix,
                 MatrixView& view) {
  const PartRows part = RowsOfPart(name, view.rows);
  if (name.transposed) {
    view.row_bytes = RowBytes(view.type, view.rows * name.parts);
    view.data = matrix + part.first * BlockBytes(view.type);
    view.transposed_step = part.step;
    return;
  }
  const std::int64_t row_bytes = RowBytes(view.type, view.cols);
  view.row_bytes = row_bytes * part.step;
  view.data = matrix + part.first * row_bytes;
}

// A part of a tensor without its scales.
absl::StatusOr<MatrixView> Slice(const TensorInfo& tensor,
                                 const TensorName& name, const Wanted& wanted) {
  SPACEMOE_RETURN_IF_ERROR(CheckShape(tensor, name, wanted));
  MatrixView view;
  SPACEMOE_ASSIGN_OR_RETURN(view.type, CheckType(tensor, name));
  const MatrixShape shape =
      ExpectedShape(name.role, wanted.config, wanted.layer, wanted.expert);
  view.rows = shape.rows;
  view.cols = shape.cols;
  if (name.transposed && IsQuantized(view.type)) {
    return absl::UnimplementedError(absl::StrCat(
        *tensor.file, ": tensor '", tensor.name, "' has type ",
        tensor.type_name, ", which is not supported for transposed matrices"));
  }
  const std::int64_t stacked = IsStacked(name) ? wanted.expert : 0;
  const std::int64_t stack_bytes =
      IsStacked(name) ? tensor.bytes / wanted.config.experts : 0;
  PlaceValues(name, tensor.data + stacked * stack_bytes, view);
  view.permuted_heads = PermutedHeads(name, wanted.config);
  return view;
}

std::int64_t Parameters(const std::vector<TensorRole>& roles,
                        const Wanted& wanted) {
  std::int64_t total = 0;
  for (const TensorRole role : roles) {
    const MatrixShape shape =
        ExpectedShape(role, wanted.config, wanted.layer, wanted.expert);
    total += shape.rows * shape.cols;
  }
  return total;
}

// `chosen`: only as many experts as a token uses, the first ones.
std::int64_t CountParameters(const ModelConfig& config, bool chosen) {
  std::int64_t total = Parameters(HeadRoles(config), {config, -1, -1});
  const std::vector<TensorRole> expert_roles = ExpertRoles(config);
  for (std::int64_t l = 0; l < config.layers; ++l) {
    total += Parameters(GatewayRoles(config, l), {config, l, -1});
    const std::int64_t experts =
        chosen ? config.ExpertsPerToken(l) : config.Experts(l);
    for (std::int64_t e = 0; e < experts; ++e) {
      total += Parameters(expert_roles, {config, l, e});
    }
  }
  return total;
}

}  // namespace

std::int64_t ViewBytes(const MatrixView& view) {
  return view.rows * RowBytes(view.type, view.cols) + ScaleBytes(view);
}

absl::StatusOr<MatrixView> ModelWeights::Get(TensorRole role,
                                             std::int64_t layer,
                                             std::int64_t expert) const {
  SPACEMOE_RETURN_IF_ERROR(CheckIndices(role, layer, expert, config()));
  if (role == TensorRole::kLmHead && config().tie_word_embeddings) {
    role = TensorRole::kTokenEmbedding;
  }
  const Wanted wanted{config(), layer, expert};
  std::string first_name;
  for (const TensorName& name : checkpoint_.tensor_names()) {
    if (name.role != role) continue;
    const std::string expanded = ExpandName(name.pattern, layer, expert);
    const TensorInfo* tensor =
        checkpoint_.FindTensor(name.mxfp4 ? expanded + "_blocks" : expanded);
    if (tensor != nullptr) {
      SPACEMOE_ASSIGN_OR_RETURN(MatrixView view, Slice(*tensor, name, wanted));
      SPACEMOE_RETURN_IF_ERROR(
          AttachScales(checkpoint_, expanded, name, wanted.expert, view));
      return view;
    }
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
    for (std::int64_t expert = 0; expert < config().Experts(layer); ++expert) {
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
  return Bytes(GatewayRoles(config(), layer), layer, -1);
}

absl::StatusOr<std::int64_t> ModelWeights::ExpertBytes(
    std::int64_t layer, std::int64_t expert) const {
  return Bytes(ExpertRoles(config()), layer, expert);
}

std::int64_t ModelWeights::TotalParameters() const {
  return CountParameters(config(), /*chosen=*/false);
}

std::int64_t ModelWeights::ActiveParameters() const {
  return CountParameters(config(), /*chosen=*/true);
}

}  // namespace spacemoe
