#include <cstdint>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/attention.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/kernels.h"
#include "models/kernels/lanes-inl.h"
#include "models/kernels/softmax-inl.h"
#include "models/kernels/tree-inl.h"
#include "models/tensor/half.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

HWY_INLINE Lanes LoadUpTo(const float* p, std::int64_t left) {
  return left >= kLanes ? LoadLanes(p) : LoadSomeLanes(p, left);
}

// Products of q with four keys, `stride` floats apart.
HWY_INLINE Four FourDots(const float* q, const float* key, std::int64_t stride,
                         std::int64_t dim) {
  Lanes sums[4] = {ZeroLanes(), ZeroLanes(), ZeroLanes(), ZeroLanes()};
  for (std::int64_t i = 0; i < dim; i += kLanes) {
    const Lanes x = LoadUpTo(q + i, dim - i);
    for (int k = 0; k < 4; ++k) {
      AddProduct(x, LoadUpTo(key + k * stride + i, dim - i), sums[k]);
    }
  }
  return SumsOfFour(FoldToFour(sums[0]), FoldToFour(sums[1]),
                    FoldToFour(sums[2]), FoldToFour(sums[3]));
}

HWY_INLINE float OneDot(const float* q, const float* key, std::int64_t dim) {
  Lanes sum = ZeroLanes();
  for (std::int64_t i = 0; i < dim; i += kLanes) {
    AddProduct(LoadUpTo(q + i, dim - i), LoadUpTo(key + i, dim - i), sum);
  }
  return SumOfLanes(sum);
}

template <bool kRoundBf16>
HWY_INLINE float Scaled(float dot, float scale) {
  if constexpr (kRoundBf16) {
    return RoundedToBFloat16(RoundedToBFloat16(dot) * scale);
  } else {
    return dot * scale;
  }
}

// scores[i] = scale * q . key i, for `count` keys.
template <bool kRoundBf16>
HWY_INLINE void Scores(const AttentionArgs& args, const float* q,
                       const float* keys, std::int64_t count, float* scores) {
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    float dots[4];
    StoreFour(
        FourDots(q, keys + i * args.kv_stride, args.kv_stride, args.head_dim),
        dots);
    for (int k = 0; k < 4; ++k) {
      scores[i + k] = Scaled<kRoundBf16>(dots[k], args.scale);
    }
  }
  for (; i < count; ++i) {
    const float dot = OneDot(q, keys + i * args.kv_stride, args.head_dim);
    scores[i] = Scaled<kRoundBf16>(dot, args.scale);
  }
}

// out[0, 16 * kChunks) = sum over keys, in order, of weight times value.
template <bool kRoundBf16, int kChunks>
HWY_INLINE void WeightedSum(const float* weights, const float* values,
                            std::int64_t stride, std::int64_t count,
                            float* out) {
  Lanes sums[kChunks];
  for (Lanes& sum : sums) sum = ZeroLanes();
  for (std::int64_t i = 0; i < count; ++i, values += stride) {
    const VF weight = hn::Set(DF(), weights[i]);
    for (int c = 0; c < kChunks; ++c) {
      for (int p = 0; p < kParts; ++p) {
        const VF value =
            hn::LoadU(DF(), values + c * kLanes + p * kVectorLanes);
        sums[c].v[p] = hn::MulAdd(weight, value, sums[c].v[p]);
      }
    }
  }
  for (int c = 0; c < kChunks; ++c) {
    for (VF& part : sums[c].v) part = Rounded<kRoundBf16>(part);
    StoreLanes(sums[c], out + c * kLanes);
  }
}

// The same for fewer than 16 dimensions.
template <bool kRoundBf16>
HWY_INLINE void WeightedSumTail(const float* weights, const float* values,
                                std::int64_t stride, std::int64_t count,
                                std::int64_t dims, float* out) {
  Lanes sum = ZeroLanes();
  for (std::int64_t i = 0; i < count; ++i, values += stride) {
    const Lanes value = LoadSomeLanes(values, dims);
    const VF weight = hn::Set(DF(), weights[i]);
    for (int p = 0; p < kParts; ++p) {
      sum.v[p] = hn::MulAdd(weight, value.v[p], sum.v[p]);
    }
  }
  for (VF& part : sum.v) part = Rounded<kRoundBf16>(part);
  StoreSomeLanes(sum, out, dims);
}

inline std::int64_t ValueDim(const AttentionArgs& args) {
  return args.value_dim > 0 ? args.value_dim : args.head_dim;
}

inline std::int64_t ValueStride(const AttentionArgs& args) {
  return args.value_stride > 0 ? args.value_stride : args.kv_stride;
}

template <bool kRoundBf16>
HWY_INLINE void WeightedValues(const AttentionArgs& args, const float* weights,
                               const float* values, std::int64_t count,
                               float* out) {
  constexpr int kChunks = 4;
  const std::int64_t dim = ValueDim(args);
  const std::int64_t stride = ValueStride(args);
  std::int64_t i = 0;
  for (; i + kChunks * kLanes <= dim; i += kChunks * kLanes) {
    WeightedSum<kRoundBf16, kChunks>(weights, values + i, stride, count,
                                     out + i);
  }
  for (; i + kLanes <= dim; i += kLanes) {
    WeightedSum<kRoundBf16, 1>(weights, values + i, stride, count, out + i);
  }
  if (i < dim) {
    WeightedSumTail<kRoundBf16>(weights, values + i, stride, count, dim - i,
                                out + i);
  }
}

// One head. Scores lie in scratch so that the lane of a key is its absolute
// position modulo 16; the lanes before the first key weigh nothing.
template <bool kRoundBf16>
HWY_INLINE void AttendHead(const AttentionArgs& args, std::int64_t head,
                           float* scratch) {
  const std::int64_t kv_head = head / (args.heads / args.kv_heads);
  const float* keys =
      args.keys + args.first_key * args.kv_stride + kv_head * args.head_dim;
  const std::int64_t value_dim = ValueDim(args);
  const float* values =
      args.values + args.first_key * ValueStride(args) + kv_head * value_dim;
  const std::int64_t count = args.position - args.first_key + 1;
  const std::int64_t lead = args.first_key % kLanes;
  for (std::int64_t i = 0; i < lead; ++i) {
    scratch[i] = -std::numeric_limits<float>::infinity();
  }
  float* weights = scratch + lead;
  Scores<kRoundBf16>(args, args.q + head * args.head_dim, keys, count, weights);
  if (args.sinks == nullptr) {
    SoftmaxRow<kRoundBf16>(scratch, lead + count);
  } else {
    SoftmaxRowWithSink<kRoundBf16>(scratch, lead + count, args.sinks[head]);
  }
  WeightedValues<kRoundBf16>(args, weights, values, count,
                             args.out + head * value_dim);
}

template <bool kRoundBf16>
HWY_INLINE void AttendHeads(const AttentionArgs& args, float* scratch) {
  // One head's scores at a time: its part of the scratch is reused by all.
  for (std::int64_t head = 0; head < args.heads; ++head) {
    AttendHead<kRoundBf16>(args, head, scratch);
  }
}

void AttentionOn(const AttentionArgs& args, bool round_bf16, float* scratch) {
  if (round_bf16) {
    AttendHeads<true>(args, scratch);
  } else {
    AttendHeads<false>(args, scratch);
  }
}

void SoftmaxOn(float* x, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t r = 0; r < rows; ++r) SoftmaxRow<false>(x + r * cols, cols);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(AttentionOn);
HWY_EXPORT(SoftmaxOn);

void Attention(const AttentionArgs& args, bool round_bf16, float* scratch) {
  HWY_DYNAMIC_DISPATCH(AttentionOn)(args, round_bf16, scratch);
}

void Softmax(float* x, std::int64_t rows, std::int64_t cols) {
  HWY_DYNAMIC_DISPATCH(SoftmaxOn)(x, rows, cols);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
