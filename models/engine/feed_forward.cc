#include "models/engine/feed_forward.h"

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::StatusOr<FeedForward> Load(const WeightLoader& loader, TensorRole gate,
                                 TensorRole up, TensorRole down) {
  FeedForward block;
  SPACEMOE_ASSIGN_OR_RETURN(block.gate, loader.Matrix(gate));
  SPACEMOE_ASSIGN_OR_RETURN(block.up, loader.Matrix(up));
  SPACEMOE_ASSIGN_OR_RETURN(block.down, loader.Matrix(down));
  return block;
}

int64_t InnerFloats(absl::Span<const FeedForwardJob> jobs) {
  int64_t floats = 0;
  for (const FeedForwardJob& job : jobs)
    floats += job.rows * job.block->width();
  return floats;
}

void GateAndUp(EngineContext& context, absl::Span<const FeedForwardJob> jobs,
               float* gate, float* up) {
  context.products.clear();
  for (const FeedForwardJob& job : jobs) {
    context.products.push_back({&job.block->gate, job.x, job.rows, gate});
    context.products.push_back({&job.block->up, job.x, job.rows, up});
    gate += job.rows * job.block->width();
    up += job.rows * job.block->width();
  }
  context.arithmetic->Multiply(context.products);
}

void Down(EngineContext& context, absl::Span<const FeedForwardJob> jobs,
          const float* inner) {
  context.products.clear();
  for (const FeedForwardJob& job : jobs) {
    context.products.push_back({&job.block->down, inner, job.rows, job.out});
    inner += job.rows * job.block->width();
  }
  context.arithmetic->Multiply(context.products);
}

void WeightRows(const Arithmetic& arithmetic, const FeedForwardJob& job) {
  if (job.row_weights == nullptr) return;
  const int64_t hidden = job.block->hidden();
  for (int64_t r = 0; r < job.rows; ++r) {
    arithmetic.Scale(job.row_weights[r], hidden, job.out + r * hidden);
  }
}

}  // namespace

absl::StatusOr<FeedForward> LoadSharedPart(const WeightLoader& loader) {
  return Load(loader, TensorRole::kSharedGate, TensorRole::kSharedUp,
              TensorRole::kSharedDown);
}

absl::StatusOr<FeedForward> LoadExpert(const WeightLoader& loader) {
  return Load(loader, TensorRole::kExpertGate, TensorRole::kExpertUp,
              TensorRole::kExpertDown);
}

void RunFeedForward(EngineContext& context,
                    absl::Span<const FeedForwardJob> jobs) {
  const int64_t floats = InnerFloats(jobs);
  float* gate = context.workspace.Floats(Buffer::kGate, floats);
  float* up = context.workspace.Floats(Buffer::kUp, floats);
  GateAndUp(context, jobs, gate, up);
  context.arithmetic->SiluMul(gate, up, floats, gate);
  Down(context, jobs, gate);
  for (const FeedForwardJob& job : jobs) WeightRows(*context.arithmetic, job);
}

}  // namespace spacemoe
