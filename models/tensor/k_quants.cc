#include "models/tensor/k_quants.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "models/tensor/half.h"

namespace spacemoe {
namespace {

int Byte(const std::byte* p) { return std::to_integer<int>(*p); }

float ReadHalf(const std::byte* p) {
  std::uint16_t half;
  std::memcpy(&half, p, sizeof(half));
  return HalfToFloat(half);
}

// Two bits of value `i` among 64 bytes, of which each holds four values 32
// apart.
int TwoBits(const std::byte* qs, int i) {
  return Byte(qs + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2) & 3;
}

// Four bits of value `i` among 128 bytes, of which each holds two values 32
// apart.
int FourBits(const std::byte* qs, int i) {
  return Byte(qs + i / 64 * 32 + i % 32) >> (i / 32 % 2 * 4) & 15;
}

// Bit s of byte l is that of value 32 s + l.
int HighBit(const std::byte* bits, int i) {
  return Byte(bits + i % 32) >> (i / 32) & 1;
}

// The 6-bit scale and minimum `s` (0..7) of the 12 bytes of Q4_K and Q5_K.
int SixBitScale(const std::byte* p, int s) {
  if (s < 4) return Byte(p + s) & 63;
  return (Byte(p + s + 4) & 15) | (Byte(p + s - 4) >> 6) << 4;
}

int SixBitMinimum(const std::byte* p, int s) {
  if (s < 4) return Byte(p + s + 4) & 63;
  return Byte(p + s + 4) >> 4 | (Byte(p + s) >> 6) << 4;
}

// The 6-bit scale `s` (0..15) of the 12 bytes of Q3_K.
int Q3Scale(const std::byte* p, int s) {
  const int low = Byte(p + s % 8) >> (s / 8 * 4) & 15;
  const int high = Byte(p + 8 + s % 4) >> (s / 4 * 2) & 3;
  return (low | high << 4) - 32;
}

// d * scale * code - minimum: the products are exact, the difference rounds.
float Affine(float scale, int code, float minimum) {
  const float product = scale * static_cast<float>(code);
  return product - minimum;
}

float FiveOrFourBits(const std::byte* block, int i, int code) {
  const std::byte* scales = block + 4;
  const int s = i / 32;
  const float scale =
      ReadHalf(block) * static_cast<float>(SixBitScale(scales, s));
  const float minimum =
      ReadHalf(block + 2) * static_cast<float>(SixBitMinimum(scales, s));
  return Affine(scale, code, minimum);
}

}  // namespace

float Q2_KValue(const std::byte* block, int i) {
  const int packed = Byte(block + i / 16);
  const float scale = ReadHalf(block + 80) * static_cast<float>(packed & 15);
  const float minimum = ReadHalf(block + 82) * static_cast<float>(packed >> 4);
  return Affine(scale, TwoBits(block + 16, i), minimum);
}

float Q3_KValue(const std::byte* block, int i) {
  const int code = TwoBits(block + 32, i) - (HighBit(block, i) != 0 ? 0 : 4);
  const float scale =
      ReadHalf(block + 108) * static_cast<float>(Q3Scale(block + 96, i / 16));
  return scale * static_cast<float>(code);
}

float Q4_KValue(const std::byte* block, int i) {
  return FiveOrFourBits(block, i, FourBits(block + 16, i));
}

float Q5_KValue(const std::byte* block, int i) {
  const int code = FourBits(block + 48, i) | HighBit(block + 16, i) << 4;
  return FiveOrFourBits(block, i, code);
}

float Q6_KValue(const std::byte* block, int i) {
  const int half = i / 128;
  const int quarter = i / 32 % 4;
  const std::byte* low = block + half * 64 + quarter % 2 * 32 + i % 32;
  const int four_bits = Byte(low) >> (quarter / 2 * 4) & 15;
  const int two_bits = TwoBits(block + 128, i);
  const auto multiplier = static_cast<std::int8_t>(Byte(block + 192 + i / 16));
  const float scale = ReadHalf(block + 208) * static_cast<float>(multiplier);
  return scale * static_cast<float>((four_bits | two_bits << 4) - 32);
}

float Mxfp4Value(const std::byte* block, int i) {
  // Twice the values of E2M1, so that they are whole; the scale is half of
  // 2^(e - 127).
  constexpr float kValues[] = {0, 1, 2, 3, 4, 6, 8, 12};
  const auto e = static_cast<std::uint32_t>(Byte(block));
  const float scale =
      std::bit_cast<float>(e < 2 ? 0x00200000u << e : (e - 1) << 23);
  const int byte = Byte(block + 1 + i % 16);
  const int code = i < 16 ? byte & 15 : byte >> 4;
  const float magnitude = kValues[code & 7];
  return scale * (code > 8 ? -magnitude : magnitude);
}

}  // namespace spacemoe
