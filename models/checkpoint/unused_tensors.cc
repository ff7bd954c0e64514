#include "models/checkpoint/unused_tensors.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/checkpoint/tensor_pattern.h"
#include "models/config/role_presence.h"

namespace spacemoe {
namespace {

using Names = std::unordered_set<std::string>;

void AddName(const TensorName& name, std::int64_t layer, std::int64_t expert,
             Names& used) {
  const std::string expanded = ExpandName(name.pattern, layer, expert);
  used.insert(expanded);
  for (const char* ending : {"_blocks", "_scales", "_scale_inv", "_scale"}) {
    used.insert(absl::StrCat(expanded, ending));
  }
}

void AddLayerNames(const TensorName& name, const ModelConfig& config,
                   std::int64_t layer, Names& used) {
  if (!HasRole(name.role, config, layer)) return;
  const std::int64_t experts = config.Experts(layer);
  if (!IsExpertRole(name.role)) return AddName(name, layer, -1, used);
  for (std::int64_t e = 0; e < (HasExpert(name.pattern) ? experts : 1); ++e) {
    if (experts > 0) AddName(name, layer, e, used);
  }
}

Names UsedNames(const Checkpoint& checkpoint) {
  const ModelConfig& config = checkpoint.config();
  Names used;
  for (const TensorName& name : checkpoint.tensor_names()) {
    if (IsHeadRole(name.role)) {
      AddName(name, -1, -1, used);
      continue;
    }
    for (std::int64_t l = 0; l < config.layers; ++l) {
      AddLayerNames(name, config, l, used);
    }
  }
  return used;
}

// A GGUF file's rotary factors are part of the config.
bool IsRopeFactors(std::string_view name) {
  return name == "rope_freqs.weight" || name == "rope_factors_short.weight" ||
         name == "rope_factors_long.weight";
}

// A latent up-projection may be there whole beside its parts.
bool IsRepeated(const std::string& name) {
  return absl::EndsWith(name, ".attn_kv_b.weight");
}

// The number after the first "layers." or "blk." of a name.
std::optional<std::int64_t> LayerIn(std::string_view name) {
  for (const std::string_view marker : {"layers.", "blk."}) {
    const std::size_t at = name.find(marker);
    if (at == std::string_view::npos) continue;
    const std::size_t begin = at + marker.size();
    const std::string digits(name.substr(begin, name.find('.', begin) - begin));
    std::int64_t layer = 0;
    if (absl::SimpleAtoi(digits, &layer)) return layer;
  }
  return std::nullopt;
}

}  // namespace

UnusedTensors FindUnusedTensors(const Checkpoint& checkpoint) {
  const Names used = UsedNames(checkpoint);
  UnusedTensors unused;
  for (const TensorInfo* tensor : checkpoint.tensors()) {
    if (used.contains(tensor->name) || IsRopeFactors(tensor->name)) continue;
    const bool beyond =
        LayerIn(tensor->name).value_or(-1) >= checkpoint.config().layers;
    auto& names = beyond || tensor->name.find("mtp") != std::string::npos
                      ? unused.multi_token_prediction
                      : unused.others;
    names.push_back(tensor->name);
  }
  return unused;
}

absl::Status RefuseUnreadGgufTensors(const Checkpoint& checkpoint) {
  if (checkpoint.format() != CheckpointFormat::kGguf) return absl::OkStatus();
  for (const std::string& name : FindUnusedTensors(checkpoint).others) {
    if (IsRepeated(name)) continue;
    return absl::UnimplementedError(absl::StrCat(
        checkpoint.path(), ": tensor '", name,
        "': expected none of that name in a model of family ",
        std::string(checkpoint.family().name), ", which does not read it"));
  }
  return absl::OkStatus();
}

std::string SkippedNote(const Checkpoint& checkpoint) {
  UnusedTensors unused = FindUnusedTensors(checkpoint);
  unused.others.clear();
  const std::string text = UnusedText(unused);
  return text.empty() ? "" : absl::StrCat(text, " are skipped");
}

std::string UnusedText(const UnusedTensors& unused) {
  std::string text;
  if (!unused.multi_token_prediction.empty()) {
    absl::StrAppend(&text, unused.multi_token_prediction.size(),
                    " tensors of multi-token prediction");
  }
  if (unused.others.empty()) return text;
  absl::StrAppend(&text, text.empty() ? "" : ", ", unused.others.size(),
                  text.empty() ? " tensors (" : " others (",
                  unused.others.front(),
                  unused.others.size() > 1 ? ", ...)" : ")");
  return text;
}

}  // namespace spacemoe
