#include "models/checkpoint/export_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "models/checkpoint/tensor_pattern.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// In any layer.
std::set<TensorRole> PresentRoles(const ModelConfig& config) {
  std::set<TensorRole> roles;
  for (const auto& list : {HeadRoles(config), ExpertRoles(config)}) {
    roles.insert(list.begin(), list.end());
  }
  for (std::int64_t l = 0; l < config.layers; ++l) {
    for (const TensorRole role : GatewayRoles(config, l)) roles.insert(role);
  }
  return roles;
}

bool IsInLayer(TensorRole role, const ModelConfig& config, std::int64_t layer) {
  if (IsExpertRole(role)) return config.Experts(layer) > 0;
  const std::vector<TensorRole> roles = GatewayRoles(config, layer);
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// The names that share one tensor, by part.
using NameGroup = std::vector<TensorName>;

// Of several names of a role the first that is not MXFP4: quantised types are
// widened.
std::vector<NameGroup> GroupNames(const ModelConfig& config,
                                  const Family& family) {
  std::set<TensorRole> wanted = PresentRoles(config);
  std::vector<NameGroup> groups;
  for (const TensorName& name : family.hugging_face_tensors) {
    if (name.mxfp4 || wanted.erase(name.role) == 0) continue;
    const auto same =
        std::find_if(groups.begin(), groups.end(), [&](const NameGroup& group) {
          return group.front().pattern == name.pattern;
        });
    if (same == groups.end()) {
      groups.push_back({name});
    } else {
      same->push_back(name);
    }
  }
  for (NameGroup& group : groups) {
    std::sort(group.begin(), group.end(),
              [](const auto& a, const auto& b) { return a.part < b.part; });
  }
  return groups;
}

// Up-projections of latents are one matrix there.
ModelConfig PublishedConfig(ModelConfig config) {
  if (config.latent) config.latent->split_up = false;
  return config;
}

SafetensorsType PlainType(StorageType type) {
  if (type == StorageType::kF16) return SafetensorsType::kF16;
  if (type == StorageType::kBF16) return SafetensorsType::kBF16;
  return SafetensorsType::kF32;
}

SafetensorsType ExportType(const std::vector<ExportMatrix>& matrices,
                           SafetensorsType widened) {
  std::vector<MatrixView> sources;
  for (const ExportMatrix& matrix : matrices) {
    sources.insert(sources.end(), matrix.parts.begin(), matrix.parts.end());
  }
  const StorageType first = sources.front().type;
  for (const MatrixView& source : sources) {
    if (IsQuantized(source.type)) return widened;
  }
  for (const MatrixView& source : sources) {
    if (source.type != first) return SafetensorsType::kF32;
  }
  return PlainType(first);
}

// Builds the tensors of a group for one layer.
class GroupPlanner {
 public:
  GroupPlanner(const Checkpoint& checkpoint, const ModelConfig& config,
               SafetensorsType widened)
      : config_(config), weights_(checkpoint), widened_(widened) {}

  absl::Status AddLayer(const NameGroup& group, std::int64_t layer) {
    if (!HasExpert(group.front().pattern)) return AddTensor(group, layer, -1);
    for (std::int64_t e = 0; e < config_.Experts(layer); ++e) {
      SPACEMOE_RETURN_IF_ERROR(AddTensor(group, layer, e));
    }
    return absl::OkStatus();
  }

  std::vector<ExportTensor> Take() { return std::move(tensors_); }

 private:
  absl::Status AddTensor(const NameGroup& group, std::int64_t layer,
                         std::int64_t expert) {
    const TensorName& name = group.front();
    const bool stacked = IsStacked(name);
    ExportTensor tensor;
    const std::int64_t begin = stacked ? 0 : expert;
    const std::int64_t end = stacked ? config_.experts : expert + 1;
    for (std::int64_t e = begin; e < end; ++e) {
      SPACEMOE_ASSIGN_OR_RETURN(tensor.matrices.emplace_back(),
                                Matrix(group, layer, e));
    }
    tensor.spec.name = ExpandName(name.pattern, layer, expert);
    tensor.spec.shape = TensorShape(name, config_, layer, expert);
    tensor.spec.type = ExportType(tensor.matrices, widened_);
    tensors_.push_back(std::move(tensor));
    return absl::OkStatus();
  }

  absl::StatusOr<ExportMatrix> Matrix(const NameGroup& group,
                                      std::int64_t layer,
                                      std::int64_t expert) const {
    const TensorName& name = group.front();
    ExportMatrix matrix;
    std::vector<TensorRole> roles;
    for (const TensorName& part : group) roles.push_back(part.role);
    const auto& latent = weights_.config().latent;
    if (name.role == TensorRole::kKeyValueUp && latent->split_up) {
      roles = {TensorRole::kLatentKeyUp, TensorRole::kLatentValueUp};
      matrix.sequence = RowSequence::kLatentHeads;
      matrix.heads = config_.heads;
    } else if (name.order == RowOrder::kInterleaved) {
      matrix.sequence = RowSequence::kAlternating;
    }
    matrix.transposed = name.transposed;
    for (const TensorRole role : roles) {
      SPACEMOE_ASSIGN_OR_RETURN(matrix.parts.emplace_back(),
                                weights_.Get(role, layer, expert));
    }
    return matrix;
  }

  const ModelConfig& config_;  // as the folder's will be
  const ModelWeights weights_;
  const SafetensorsType widened_;
  std::vector<ExportTensor> tensors_;
};

}  // namespace

absl::StatusOr<std::vector<ExportTensor>> PlanExport(
    const Checkpoint& checkpoint, SafetensorsType widened) {
  const ModelConfig config = PublishedConfig(checkpoint.config());
  const std::vector<NameGroup> groups = GroupNames(config, checkpoint.family());
  GroupPlanner planner(checkpoint, config, widened);
  for (const NameGroup& group : groups) {
    if (HasLayer(group.front().pattern)) continue;
    SPACEMOE_RETURN_IF_ERROR(planner.AddLayer(group, -1));
  }
  for (std::int64_t l = 0; l < config.layers; ++l) {
    for (const NameGroup& group : groups) {
      const TensorName& name = group.front();
      if (!HasLayer(name.pattern)) continue;
      if (!IsInLayer(name.role, config, l)) continue;
      SPACEMOE_RETURN_IF_ERROR(planner.AddLayer(group, l));
    }
  }
  return planner.Take();
}

std::vector<std::vector<ExportTensor>> SplitIntoShards(
    std::vector<ExportTensor> tensors, std::int64_t max_bytes) {
  std::vector<std::vector<ExportTensor>> shards;
  std::int64_t bytes = 0;
  for (ExportTensor& tensor : tensors) {
    if (shards.empty() || bytes + tensor.spec.bytes() > max_bytes) {
      shards.emplace_back();
      bytes = 0;
    }
    bytes += tensor.spec.bytes();
    shards.back().push_back(std::move(tensor));
  }
  return shards;
}

}  // namespace spacemoe
