#include "tests/models/kernels/instruction_sets.h"

#include <string>
#include <utility>
#include <vector>

#include "hwy/highway.h"
#include "hwy/targets.h"
#include "models/kernels/kernels.h"

namespace spacemoe {
namespace {

const std::vector<std::pair<std::string, std::int64_t>>& Candidates() {
  static const std::vector<std::pair<std::string, std::int64_t>> all = {
      {"SCALAR", HWY_SCALAR}, {"EMU128", HWY_EMU128}, {"SSE4", HWY_SSE4},
      {"NEON", HWY_NEON},     {"AVX2", HWY_AVX2},     {"AVX3", HWY_AVX3}};
  return all;
}

void Choose(std::int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace

ScopedInstructionSet::ScopedInstructionSet(const std::string& name)
    : supported_(false) {
  const std::int64_t host = hwy::SupportedTargets();
  for (const auto& [candidate, target] : Candidates()) {
    if (candidate == name && (host & target) != 0) Choose(target);
  }
  supported_ = kernels::InstructionSet() == name;
}

ScopedInstructionSet::~ScopedInstructionSet() { Choose(0); }

std::vector<std::string> InstructionSets() {
  std::vector<std::string> names;
  for (const auto& [name, target] : Candidates()) {
    if (ScopedInstructionSet(name).supported()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> FusedInstructionSets() {
  std::vector<std::string> names;
  for (const std::string& name : InstructionSets()) {
    if (name == "NEON" || name == "AVX2" || name == "AVX3") {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace spacemoe
