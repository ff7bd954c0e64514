// Runs a piece of a test on each instruction set that this host has.
#ifndef SPACEMOE_TESTS_MODELS_KERNELS_INSTRUCTION_SETS_H_
#define SPACEMOE_TESTS_MODELS_KERNELS_INSTRUCTION_SETS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace spacemoe {

// While it lives, kernels run on one instruction set, chosen by name ("AVX2",
// "AVX3"); supported() is false if this host or the build lacks it.
class ScopedInstructionSet {
 public:
  explicit ScopedInstructionSet(const std::string& name);
  ~ScopedInstructionSet();
  ScopedInstructionSet(const ScopedInstructionSet&) = delete;
  ScopedInstructionSet& operator=(const ScopedInstructionSet&) = delete;

  bool supported() const { return supported_; }

 private:
  bool supported_;
};

// Names of the instruction sets that this host and the build have.
std::vector<std::string> InstructionSets();
// Those of them with fused multiply-add, which agree to the bit.
std::vector<std::string> FusedInstructionSets();

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_MODELS_KERNELS_INSTRUCTION_SETS_H_
