// What one process makes of the prompts: the texts that every strategy must
// give, and the experts that every token chooses.
#ifndef SPACEMOE_CLI_BENCH_REFERENCE_H_
#define SPACEMOE_CLI_BENCH_REFERENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/generate/outcome.h"
#include "coordinator/options/ring_options.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

struct ReferenceText {
  std::vector<int64_t> prompt_ids;
  std::vector<int64_t> ids;  // without the end token
  std::optional<std::string> text;
  // By position: [layers] selected experts, ascending.
  absl::btree_map<int64_t, std::vector<std::vector<int>>> experts;
};

// Of the job's prompts, one after the other. Rows have the bits that they have
// on the ring, so the experts are those of the ring, too.
absl::StatusOr<std::vector<ReferenceText>> RunReference(
    const GenerateJob& job, const Checkpoint& checkpoint,
    const RingOptions& ring);

// INTERNAL names the first prompt and token in which `texts`, a strategy's,
// differ from the reference.
absl::Status CheckSameTexts(const std::vector<ReferenceText>& reference,
                            const std::string& strategy,
                            const std::vector<SequenceOutcome>& texts);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_BENCH_REFERENCE_H_
