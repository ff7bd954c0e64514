// The border between the sampler's values and the wire.
#ifndef SPACEMOE_MODELS_WIRE_SAMPLER_PROTO_H_
#define SPACEMOE_MODELS_WIRE_SAMPLER_PROTO_H_

#include "models/sampler/logprobs.h"
#include "models/sampler/sampler.h"
#include "spacemoe/v1/common.pb.h"

namespace spacemoe {

v1::SamplingOptions ToProto(const SamplingOptions& sampling);
// As it comes: ValidateSampling checks it.
SamplingOptions FromProto(const v1::SamplingOptions& proto);

v1::TokenLogprobs ToProto(const TokenLogprobs& logprobs);
TokenLogprobs FromProto(const v1::TokenLogprobs& proto);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_WIRE_SAMPLER_PROTO_H_
