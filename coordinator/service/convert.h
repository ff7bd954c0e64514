// The border between the coordinator's values and the wire.
#ifndef SPACEMOE_COORDINATOR_SERVICE_CONVERT_H_
#define SPACEMOE_COORDINATOR_SERVICE_CONVERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/core/membership.h"
#include "coordinator/core/sequence.h"
#include "coordinator/core/startup_board.h"
#include "coordinator/core/trace_store.h"
#include "coordinator/text/prompt.h"
#include "spacemoe/v1/inference.pb.h"
#include "spacemoe/v1/membership.pb.h"

namespace spacemoe {

Applicant FromProto(const v1::Hello& hello);
absl::Status FromProto(const v1::Fault& fault);
TraceReport FromProto(const v1::TraceChunk& chunk);
TokenReport TokenFromProto(const v1::TokenEvent& event);
// INVALID_ARGUMENT when the bytes are not rows of `vocab_size` floats.
absl::StatusOr<LogitsReport> LogitsFromProto(const v1::TokenEvent& event,
                                             int64_t vocab_size);

v1::Inject ToProto(const SequenceOrder& order);
v1::StartupEvent ToProto(const StartupProgress& progress);
v1::GenerateEvent AdmittedToProto(const std::vector<int64_t>& prompt);
v1::GenerateEvent ToProto(const TokenReport& token, const std::string& text);
v1::GenerateEvent ToProto(const LogitsReport& logits);
v1::GenerateEvent ToProto(const FinishReport& finish);

// INVALID_ARGUMENT when the request has no prompt.
absl::StatusOr<Prompt> PromptFromProto(const v1::GenerateRequest& request);
// Everything but the prompt.
SequenceSpec SpecFromProto(const v1::GenerateRequest& request);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_SERVICE_CONVERT_H_
