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

std::vector<NameGroup> GroupNames(const Checkpoint& checkpoint) {
  std::set<TensorRole> wanted = PresentRoles(checkpoint.config());
  std::vector<NameGroup> groups;
  for (const TensorName& name : checkpoint.family().hugging_face_tensors) {
    if (wanted.erase(name.role) == 0) continue;
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

SafetensorsType PlainType(StorageType type) {
  if (type == StorageType::kF16) return SafetensorsType::kF16;
  if (type == StorageType::kBF16) return SafetensorsType::kBF16;
  return SafetensorsType::kF32;
}

SafetensorsType ExportType(const std::vector<MatrixView>& sources,
                           SafetensorsType widened) {
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
  GroupPlanner(const Checkpoint& checkpoint, SafetensorsType widened)
      : checkpoint_(checkpoint), weights_(checkpoint), widened_(widened) {}

  absl::Status AddLayer(const NameGroup& group, std::int64_t layer) {
    if (!HasExpert(group.front().pattern)) return AddTensor(group, layer, -1);
    for (std::int64_t e = 0; e < checkpoint_.config().Experts(layer); ++e) {
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
    const std::int64_t end =
        stacked ? checkpoint_.config().experts : expert + 1;
    for (std::int64_t e = begin; e < end; ++e) {
      for (const TensorName& part : group) {
        SPACEMOE_ASSIGN_OR_RETURN(const MatrixView view,
                                  weights_.Get(part.role, layer, e));
        tensor.sources.push_back(view);
      }
    }
    tensor.spec.name = ExpandName(name.pattern, layer, expert);
    tensor.spec.shape = TensorShape(name, checkpoint_.config());
    tensor.spec.type = ExportType(tensor.sources, widened_);
    tensors_.push_back(std::move(tensor));
    return absl::OkStatus();
  }

  const Checkpoint& checkpoint_;
  const ModelWeights weights_;
  const SafetensorsType widened_;
  std::vector<ExportTensor> tensors_;
};

}  // namespace

absl::StatusOr<std::vector<ExportTensor>> PlanExport(
    const Checkpoint& checkpoint, SafetensorsType widened) {
  const std::vector<NameGroup> groups = GroupNames(checkpoint);
  GroupPlanner planner(checkpoint, widened);
  for (const NameGroup& group : groups) {
    if (HasLayer(group.front().pattern)) continue;
    SPACEMOE_RETURN_IF_ERROR(planner.AddLayer(group, -1));
  }
  for (std::int64_t l = 0; l < checkpoint.config().layers; ++l) {
    for (const NameGroup& group : groups) {
      const TensorName& name = group.front();
      if (!HasLayer(name.pattern)) continue;
      if (!IsInLayer(name.role, checkpoint.config(), l)) continue;
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
