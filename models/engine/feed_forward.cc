#include "models/engine/feed_forward.h"

#include <algorithm>

#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// The first of a block's six roles: gate, up, down and their biases.
absl::StatusOr<FeedForward> Load(const WeightLoader& loader, TensorRole first,
                                 bool biases) {
  const auto role = [first](int i) {
    return static_cast<TensorRole>(static_cast<int>(first) + i);
  };
  FeedForward block;
  SPACEMOE_ASSIGN_OR_RETURN(block.gate, loader.Matrix(role(0)));
  SPACEMOE_ASSIGN_OR_RETURN(block.up, loader.Matrix(role(1)));
  SPACEMOE_ASSIGN_OR_RETURN(block.down, loader.Matrix(role(2)));
  if (!biases) return block;
  SPACEMOE_ASSIGN_OR_RETURN(block.gate_bias, loader.Vector(role(3)));
  SPACEMOE_ASSIGN_OR_RETURN(block.up_bias, loader.Vector(role(4)));
  SPACEMOE_ASSIGN_OR_RETURN(block.down_bias, loader.Vector(role(5)));
  return block;
}

int64_t InnerFloats(absl::Span<const FeedForwardJob> jobs) {
  int64_t floats = 0;
  for (const FeedForwardJob& job : jobs)
    floats += job.rows * job.block->width();
  return floats;
}

// What the job's block reads: x, or x times the row weights in `scaled`.
const float* InputOf(const Arithmetic& arithmetic, const FeedForwardJob& job,
                     float* scaled) {
  if (!job.block->weighs_input || job.row_weights == nullptr) return job.x;
  const int64_t hidden = job.block->hidden();
  std::copy_n(job.x, job.rows * hidden, scaled);
  for (int64_t r = 0; r < job.rows; ++r) {
    arithmetic.Scale(job.row_weights[r], hidden, scaled + r * hidden);
  }
  return scaled;
}

int64_t ScaledFloats(absl::Span<const FeedForwardJob> jobs) {
  int64_t floats = 0;
  for (const FeedForwardJob& job : jobs) {
    if (job.block->weighs_input) floats += job.rows * job.block->hidden();
  }
  return floats;
}

void GateAndUp(EngineContext& context, absl::Span<const FeedForwardJob> jobs,
               float* gate, float* up) {
  float* scaled =
      context.workspace.Floats(Buffer::kScaledInput, ScaledFloats(jobs));
  context.products.clear();
  for (const FeedForwardJob& job : jobs) {
    const FeedForward& block = *job.block;
    const float* x = InputOf(*context.arithmetic, job, scaled);
    context.products.push_back(
        {&block.gate, x, job.rows, gate, BiasData(block.gate_bias)});
    context.products.push_back(
        {&block.up, x, job.rows, up, BiasData(block.up_bias)});
    gate += job.rows * block.width();
    up += job.rows * block.width();
    if (block.weighs_input) scaled += job.rows * block.hidden();
  }
  context.arithmetic->Multiply(context.products);
}

bool IsPlain(const FeedForwardJob& job) {
  return job.block->activation == ActivationKind::kSwiglu;
}

// gate = f(gate, up), all jobs at once where they have the same f.
void Activate(Arithmetic& arithmetic, absl::Span<const FeedForwardJob> jobs,
              int64_t floats, float* gate, const float* up) {
  if (std::all_of(jobs.begin(), jobs.end(), IsPlain)) {
    return arithmetic.SiluMul(gate, up, floats, gate);
  }
  for (const FeedForwardJob& job : jobs) {
    const int64_t count = job.rows * job.block->width();
    if (IsPlain(job)) {
      arithmetic.SiluMul(gate, up, count, gate);
    } else {
      arithmetic.ClampedSwiglu(job.block->swiglu_limit, gate, up, count, gate);
    }
    gate += count;
    up += count;
  }
}

void Down(EngineContext& context, absl::Span<const FeedForwardJob> jobs,
          const float* inner) {
  context.products.clear();
  for (const FeedForwardJob& job : jobs) {
    context.products.push_back({&job.block->down, inner, job.rows, job.out,
                                BiasData(job.block->down_bias)});
    inner += job.rows * job.block->width();
  }
  context.arithmetic->Multiply(context.products);
}

void WeightRows(const Arithmetic& arithmetic, const FeedForwardJob& job) {
  if (job.row_weights == nullptr || job.block->weighs_input) return;
  const int64_t hidden = job.block->hidden();
  for (int64_t r = 0; r < job.rows; ++r) {
    arithmetic.Scale(job.row_weights[r] * job.block->multiplier, hidden,
                     job.out + r * hidden);
  }
}

}  // namespace

absl::StatusOr<FeedForward> LoadSharedPart(const ModelConfig& config,
                                           const WeightLoader& loader) {
  return Load(loader, TensorRole::kSharedGate, config.mlp_bias);
}

absl::StatusOr<FeedForward> LoadDenseBlock(const ModelConfig& config,
                                           const WeightLoader& loader) {
  return Load(loader, TensorRole::kDenseGate, config.mlp_bias);
}

absl::StatusOr<FeedForward> LoadExpert(const ModelConfig& config,
                                       const WeightLoader& loader) {
  SPACEMOE_ASSIGN_OR_RETURN(
      FeedForward block,
      Load(loader, TensorRole::kExpertGate, config.expert_bias));
  block.activation = config.activation;
  block.swiglu_limit = static_cast<float>(config.swiglu_limit);
  block.weighs_input = config.routing.weighs_input;
  block.multiplier = static_cast<float>(config.expert_multiplier);
  return block;
}

void RunFeedForward(EngineContext& context,
                    absl::Span<const FeedForwardJob> jobs) {
  const int64_t floats = InnerFloats(jobs);
  float* gate = context.workspace.Floats(Buffer::kGate, floats);
  float* up = context.workspace.Floats(Buffer::kUp, floats);
  GateAndUp(context, jobs, gate, up);
  Activate(*context.arithmetic, jobs, floats, gate, up);
  Down(context, jobs, gate);
  for (const FeedForwardJob& job : jobs) WeightRows(*context.arithmetic, job);
}

}  // namespace spacemoe
