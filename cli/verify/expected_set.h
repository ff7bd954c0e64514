// Reference values of a checkpoint, as tools/make_expected.py writes them.
#ifndef SPACEMOE_CLI_VERIFY_EXPECTED_SET_H_
#define SPACEMOE_CLI_VERIFY_EXPECTED_SET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/checkpoint/safetensors.h"

namespace spacemoe {

struct ExpectedPrompt {
  std::vector<int64_t> ids;
  std::vector<int64_t> continuation;  // greedy; may run past an end token
};

// Thread-safe after opening.
class ExpectedSet {
 public:
  // `folder` holds expected.json and expected.safetensors. NOT_FOUND,
  // INVALID_ARGUMENT or DATA_LOSS, with the file and the field.
  static absl::StatusOr<std::unique_ptr<ExpectedSet>> Open(
      const std::string& folder);

  const std::vector<ExpectedPrompt>& prompts() const { return prompts_; }
  bool Has(std::string_view name) const {
    return tensors_->Find(name) != nullptr;
  }
  // The names that begin with `prefix`, sorted.
  std::vector<std::string> NamesWith(std::string_view prefix) const;
  // The values of a float32 or an int64 tensor. NOT_FOUND, INVALID_ARGUMENT.
  absl::StatusOr<std::vector<float>> Floats(std::string_view name) const;
  absl::StatusOr<std::vector<int64_t>> Integers(std::string_view name) const;

 private:
  ExpectedSet(std::vector<ExpectedPrompt> prompts,
              std::unique_ptr<SafetensorsFile> tensors)
      : prompts_(std::move(prompts)), tensors_(std::move(tensors)) {}

  const std::vector<ExpectedPrompt> prompts_;
  const std::unique_ptr<SafetensorsFile> tensors_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_VERIFY_EXPECTED_SET_H_
