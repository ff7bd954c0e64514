#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "models/kernels/kernels.h"
#include "models/tensor/half.h"
#include "tests/models/kernels/instruction_sets.h"
#include "tests/models/kernels/random_matrix.h"

namespace spacemoe {
namespace {

using Floats = std::vector<float>;

struct Case {
  std::int64_t heads = 6;
  std::int64_t kv_heads = 2;
  std::int64_t head_dim = 64;
  std::int64_t position = 70;
  std::int64_t first_key = 0;
  bool round_bf16 = false;
};

struct Inputs {
  explicit Inputs(const Case& c)
      : q(RandomFloats(c.heads * c.head_dim, 3)),
        keys(RandomFloats((c.position + 1) * Stride(c), 4)),
        values(RandomFloats((c.position + 1) * Stride(c), 5)) {
    if (!c.round_bf16) return;
    for (Floats* all : {&q, &keys, &values}) {
      kernels::RoundToBf16(all->data(), static_cast<std::int64_t>(all->size()));
    }
  }
  // A gap after each position, as in a cache that holds more.
  static std::int64_t Stride(const Case& c) {
    return c.kv_heads * c.head_dim + 3;
  }

  Floats q;
  Floats keys;
  Floats values;
};

Floats RunAttention(const Case& c, const Inputs& in) {
  Floats out(in.q.size());
  const std::int64_t keys = c.position - c.first_key + 1;
  Floats scratch(static_cast<std::size_t>(c.heads * (keys + 16)));
  kernels::AttentionArgs args;
  args.q = in.q.data();
  args.keys = in.keys.data();
  args.values = in.values.data();
  args.kv_stride = Inputs::Stride(c);
  args.heads = c.heads;
  args.kv_heads = c.kv_heads;
  args.head_dim = c.head_dim;
  args.position = c.position;
  args.first_key = c.first_key;
  args.scale = 0.125f;
  args.out = out.data();
  kernels::Attention(args, c.round_bf16, scratch.data());
  return out;
}

float MaybeRounded(bool round, double value) {
  const auto narrowed = static_cast<float>(value);
  return round ? RoundedToBFloat16(narrowed) : narrowed;
}

std::vector<double> ReferenceWeights(const Case& c, const Inputs& in,
                                     std::int64_t head) {
  const std::int64_t kv = head / (c.heads / c.kv_heads) * c.head_dim;
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t p = c.first_key; p <= c.position; ++p) {
    double dot = 0;
    for (std::int64_t i = 0; i < c.head_dim; ++i) {
      dot += double{in.q[head * c.head_dim + i]} *
             in.keys[p * Inputs::Stride(c) + kv + i];
    }
    const float rounded = MaybeRounded(c.round_bf16, dot);
    const float score = MaybeRounded(c.round_bf16, rounded * 0.125);
    weights.push_back(std::exp(double{score}));
    sum += weights.back();
  }
  for (double& weight : weights) {
    weight = MaybeRounded(c.round_bf16, weight / sum);
  }
  return weights;
}

double ReferenceOut(const Case& c, const Inputs& in,
                    const std::vector<double>& weights, std::int64_t head,
                    std::int64_t dim) {
  const std::int64_t kv = head / (c.heads / c.kv_heads) * c.head_dim;
  double sum = 0;
  for (std::int64_t p = c.first_key; p <= c.position; ++p) {
    sum +=
        weights[p - c.first_key] * in.values[p * Inputs::Stride(c) + kv + dim];
  }
  return sum;
}

void ExpectNearReference(const Case& c) {
  const Inputs in(c);
  const Floats out = RunAttention(c, in);
  const double tolerance = c.round_bf16 ? 4e-3 : 2e-6;
  for (std::int64_t h = 0; h < c.heads; ++h) {
    const std::vector<double> weights = ReferenceWeights(c, in, h);
    for (std::int64_t i = 0; i < c.head_dim; ++i) {
      EXPECT_NEAR(out[h * c.head_dim + i], ReferenceOut(c, in, weights, h, i),
                  tolerance)
          << "head " << h << " dim " << i;
    }
  }
}

TEST(Attention, EqualsScalarReferenceOnEveryInstructionSet) {
  for (const std::string& name : InstructionSets()) {
    const ScopedInstructionSet scope(name);
    SCOPED_TRACE(name);
    for (const std::int64_t head_dim : {6, 16, 40, 64, 128}) {
      for (const std::int64_t position : {0, 3, 15, 16, 70}) {
        Case c;
        c.head_dim = head_dim;
        c.position = position;
        ExpectNearReference(c);
      }
    }
  }
}

TEST(Attention, SlidingWindowStartsAtFirstKey) {
  for (const std::int64_t first_key : {1, 15, 16, 29, 70}) {
    Case c;
    c.first_key = first_key;
    ExpectNearReference(c);
  }
}

TEST(Attention, RoundsScoresWeightsAndOutputToBf16) {
  Case c;
  c.round_bf16 = true;
  ExpectNearReference(c);
  const Inputs in(c);
  for (const float value : RunAttention(c, in)) {
    EXPECT_EQ(value, RoundedToBFloat16(value));
  }
}

// Keys after `position` exist already when a prompt runs in larger chunks.
TEST(Attention, DoesNotDependOnKeysAfterThePosition) {
  Case shorter;
  shorter.position = 37;
  Case longer = shorter;
  longer.position = 90;
  const Inputs all(longer);
  Inputs cut(longer);
  for (std::size_t i = 38 * Inputs::Stride(longer); i < cut.keys.size(); ++i) {
    cut.keys[i] = cut.values[i] = NAN;
  }
  EXPECT_EQ(RunAttention(shorter, all), RunAttention(shorter, cut));
}

// A key that weighs nothing adds nothing: lanes and order are absolute.
TEST(Attention, SkippingWeightlessKeysKeepsTheBits) {
  Case whole;
  Case window = whole;
  window.first_key = 21;
  Inputs in(whole);
  for (std::int64_t i = 0; i < 21 * Inputs::Stride(whole); ++i) {
    in.keys[i] = 0.0f;
    in.values[i] = 0.0f;
  }
  for (float& q : in.q) q = 4000.0f * std::abs(q);
  for (std::int64_t p = 21; p <= whole.position; ++p) {
    for (std::int64_t i = 0; i < Inputs::Stride(whole); ++i) {
      float& key = in.keys[p * Inputs::Stride(whole) + i];
      key = 1.0f + 1e-4f * key;
    }
  }
  EXPECT_EQ(RunAttention(whole, in), RunAttention(window, in));
}

TEST(Attention, GivesTheSameBitsOnEveryFusedInstructionSet) {
  for (const std::int64_t head_dim : {20, 64}) {
    for (const bool round_bf16 : {false, true}) {
      Case c;
      c.head_dim = head_dim;
      c.first_key = 5;
      c.round_bf16 = round_bf16;
      const Inputs in(c);
      Floats first;
      for (const std::string& name : FusedInstructionSets()) {
        const ScopedInstructionSet scope(name);
        const Floats out = RunAttention(c, in);
        if (first.empty()) first = out;
        EXPECT_EQ(first, out) << name;
      }
    }
  }
}

}  // namespace
}  // namespace spacemoe
