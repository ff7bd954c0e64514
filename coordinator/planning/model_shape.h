// A checkpoint as the planner sees it: the bytes and the work of every role.
#ifndef SPACEMOE_COORDINATOR_PLANNING_MODEL_SHAPE_H_
#define SPACEMOE_COORDINATOR_PLANNING_MODEL_SHAPE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/config/model_config.h"
#include "placement/problem.h"

namespace spacemoe {

// Keys and values of one position on one gateway, float32.
int64_t KvBytesPerPosition(const ModelConfig& config);

// Floating-point operations of one decoded row, a multiply-add being two: the
// gateway's with `keys` keys in its cache, the largest expert's, the head's.
double GatewayFlops(const ModelConfig& config, int64_t layer, int64_t keys);
double ExpertFlops(const ModelConfig& config, int64_t layer);
double HeadFlops(const ModelConfig& config);

// Checks every tensor of the checkpoint (headers only) and adds up what each
// role's holder maps. Hidden states travel as 2 bytes a value when `bfloat16`,
// else 4. The gateway's FLOPs are those at position 255.
absl::StatusOr<ModelShape> ShapeOf(const Checkpoint& checkpoint, bool bfloat16);

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_PLANNING_MODEL_SHAPE_H_
