#include "models/wire/sampler_proto.h"

namespace spacemoe {

v1::SamplingOptions ToProto(const SamplingOptions& sampling) {
  v1::SamplingOptions proto;
  proto.set_temperature(sampling.temperature);
  proto.set_top_k(sampling.top_k);
  proto.set_top_p(sampling.top_p);
  proto.set_seed(sampling.seed);
  proto.set_presence_penalty(sampling.presence_penalty);
  proto.set_frequency_penalty(sampling.frequency_penalty);
  for (const TokenBias& bias : sampling.logit_bias) {
    v1::TokenBias* const added = proto.add_logit_bias();
    added->set_token(bias.token);
    added->set_bias(bias.bias);
  }
  return proto;
}

SamplingOptions FromProto(const v1::SamplingOptions& proto) {
  SamplingOptions sampling;
  sampling.temperature = proto.temperature();
  sampling.top_k = proto.top_k();
  if (proto.top_p() != 0) sampling.top_p = proto.top_p();
  sampling.seed = proto.seed();
  sampling.presence_penalty = proto.presence_penalty();
  sampling.frequency_penalty = proto.frequency_penalty();
  for (const v1::TokenBias& bias : proto.logit_bias())
    sampling.logit_bias.push_back({bias.token(), bias.bias()});
  return sampling;
}

v1::TokenLogprobs ToProto(const TokenLogprobs& logprobs) {
  v1::TokenLogprobs proto;
  proto.set_logprob(logprobs.logprob);
  for (const TokenLogprob& entry : logprobs.top) {
    v1::TokenLogprobs::Entry* const top = proto.add_top();
    top->set_token(entry.token);
    top->set_logprob(entry.logprob);
  }
  return proto;
}

TokenLogprobs FromProto(const v1::TokenLogprobs& proto) {
  TokenLogprobs logprobs;
  logprobs.logprob = proto.logprob();
  for (const v1::TokenLogprobs::Entry& entry : proto.top())
    logprobs.top.push_back({entry.token(), entry.logprob()});
  return logprobs;
}

}  // namespace spacemoe
