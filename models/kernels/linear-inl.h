// Products of a few rows of x with a few stored rows of w. Each (row, output)
// has one chain of sums whatever the tile's shape, so its bits do not depend
// on the tiling; tiles exist for instruction-level parallelism and reuse.
#if defined(SPACEMOE_MODELS_KERNELS_LINEAR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_LINEAR_INL_H_
#undef SPACEMOE_MODELS_KERNELS_LINEAR_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_LINEAR_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "hwy/cache_control.h"
#include "hwy/highway.h"
#include "models/kernels/blocks-inl.h"
#include "models/kernels/lanes-inl.h"
#include "models/kernels/linear_job.h"
#include "models/kernels/tree-inl.h"
#include "models/tensor/half.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// Rows of x in a tile, and outputs, as many as the registers hold sums for.
constexpr int kTileRows = HWY_MAX_BYTES >= 64 ? 4 : 3;
constexpr int TileOutputs(int rows) {
  if (HWY_MAX_BYTES >= 64) return rows == 1 ? 4 : 4;
  return rows == 1 ? 4 : 2;
}

// Weights of a tile: `outputs` rows of blocks, row_bytes apart. `ahead`: bytes
// to prefetch ahead of the block read (0: the rows are in the cache).
struct TileWeights {
  const std::uint8_t* data;
  std::int64_t row_bytes;
  std::int64_t blocks;
  std::int64_t ahead;
  // The matrix that the rows are of, for blocks whose scales lie elsewhere.
  const MatrixView* matrix;
};

// One step of a tile: 32 values of each weight row times those of each x row.
template <class Block, int kRows, int kOutputs>
HWY_INLINE void AddBlock(const std::uint8_t* w, std::int64_t row_bytes,
                         const BlockScales<kOutputs>& scales, const float* x,
                         std::int64_t x_stride,
                         Lanes (&sums)[kRows][kOutputs]) {
  HWY_UNROLL(8)
  for (int o = 0; o < kOutputs; ++o) {
    Lanes low;
    Lanes high;
    Block::Load(w + o * row_bytes, scales.scales + 2 * o,
                scales.sixteenths + 2 * o, low, high);
    HWY_UNROLL(4)
    for (int r = 0; r < kRows; ++r) {
      AddProduct(LoadLanes(x + r * x_stride), low, sums[r][o]);
      AddProduct(LoadLanes(x + r * x_stride + kLanes), high, sums[r][o]);
    }
  }
}

// Fetches what tiles will need `ahead` bytes later, in the order of addresses:
// a tile is one piece of memory, though it is read as several rows.
template <int kBytes>
HWY_INLINE void PrefetchAhead(const TileWeights& w, std::int64_t at) {
  if (w.ahead == 0) return;
  for (int offset = 0; offset < kBytes; offset += 64) {
    hwy::Prefetch(w.data + w.ahead + at + offset);
  }
}

// The products of a tile whose blocks have parts.
template <class Block, int kRows, int kOutputs>
HWY_INLINE void AddParts(const TileWeights& w, const float* x,
                         std::int64_t x_stride,
                         Lanes (&sums)[kRows][kOutputs]) {
  const std::uint8_t* block = w.data;
  for (std::int64_t b = 0; b < w.blocks; ++b, block += Block::kBytes) {
    PrefetchAhead<kOutputs * Block::kBytes>(w, b * kOutputs * Block::kBytes);
    typename Block::Scales scales[kOutputs];
    for (int o = 0; o < kOutputs; ++o) {
      Block::LoadScales(block + o * w.row_bytes, scales[o]);
    }
    for (int part = 0; part < Block::kSubBlocks; ++part, x += kBlockValues) {
      HWY_UNROLL(4)
      for (int o = 0; o < kOutputs; ++o) {
        Lanes low;
        Lanes high;
        Block::Load(block + o * w.row_bytes, part, scales[o], low, high);
        HWY_UNROLL(4)
        for (int r = 0; r < kRows; ++r) {
          AddProduct(LoadLanes(x + r * x_stride), low, sums[r][o]);
          AddProduct(LoadLanes(x + r * x_stride + kLanes), high, sums[r][o]);
        }
      }
    }
  }
}

// Scales are widened one step ahead of their use, to hide the latency.
template <class Block, int kRows, int kOutputs>
HWY_INLINE void AddBlocks(const TileWeights& w, const float* x,
                          std::int64_t x_stride,
                          Lanes (&sums)[kRows][kOutputs]) {
  const std::uint8_t* block = w.data;
  const std::uint8_t* last = block + (w.blocks - 1) * Block::kBytes;
  BlockScales<kOutputs> scales[2];
  if constexpr (Block::kHasScales) scales[0].Load(block, w.row_bytes);
  for (std::int64_t b = 0; b < w.blocks; ++b) {
    PrefetchAhead<kOutputs * Block::kBytes>(w, b * kOutputs * Block::kBytes);
    const std::uint8_t* next = std::min(block + Block::kBytes, last);
    if constexpr (Block::kHasScales) {
      scales[(b + 1) % 2].Load(next, w.row_bytes);
    }
    AddBlock<Block, kRows, kOutputs>(block, w.row_bytes, scales[b % 2], x,
                                     x_stride, sums);
    block = next;
    x += kBlockValues;
  }
}

// The products of a tile whose scales lie elsewhere: one for each output and
// tile of columns, which are whole blocks.
template <class Block, int kRows, int kOutputs>
HWY_INLINE void AddScaled(const TileWeights& w, const float* x,
                          std::int64_t x_stride,
                          Lanes (&sums)[kRows][kOutputs]) {
  const SeparateScales& scales = w.matrix->scales;
  const auto* begin = reinterpret_cast<const std::uint8_t*>(w.matrix->data);
  const std::int64_t first = scales.first_row + (w.data - begin) / w.row_bytes;
  const std::byte* tiles[kOutputs];
  for (int o = 0; o < kOutputs; ++o) {
    tiles[o] = scales.data + (first + o) / scales.tile_rows * scales.row_bytes;
  }
  const std::int64_t tile_blocks = scales.tile_cols / kBlockValues;
  const std::uint8_t* block = w.data;
  std::int64_t b = 0;
  for (std::int64_t tile = 0; b < w.blocks; ++tile) {
    VF factors[kOutputs];
    for (int o = 0; o < kOutputs; ++o) {
      factors[o] = hn::Set(DF(), Block::Scale(scales.type, tiles[o], tile));
    }
    const std::int64_t end = std::min(w.blocks, b + tile_blocks);
    for (; b < end; ++b, block += Block::kBytes, x += kBlockValues) {
      PrefetchAhead<kOutputs * Block::kBytes>(w, b * kOutputs * Block::kBytes);
      HWY_UNROLL(4)
      for (int o = 0; o < kOutputs; ++o) {
        Lanes low;
        Lanes high;
        Block::Load(block + o * w.row_bytes, factors[o], low, high);
        HWY_UNROLL(4)
        for (int r = 0; r < kRows; ++r) {
          AddProduct(LoadLanes(x + r * x_stride), low, sums[r][o]);
          AddProduct(LoadLanes(x + r * x_stride + kLanes), high, sums[r][o]);
        }
      }
    }
  }
}

template <class Block, int kRows, int kOutputs>
HWY_INLINE void SumTile(const TileWeights& w, const float* x,
                        std::int64_t x_stride, Lanes (&sums)[kRows][kOutputs]) {
  for (auto& row : sums) {
    for (Lanes& sum : row) sum = ZeroLanes();
  }
  if constexpr (requires { Block::kScaledElsewhere; }) {
    AddScaled<Block>(w, x, x_stride, sums);
  } else if constexpr (SubBlocks<Block>() > 1) {
    AddParts<Block>(w, x, x_stride, sums);
  } else {
    AddBlocks<Block>(w, x, x_stride, sums);
  }
}

// Bias and rounding of one value, then its place in y.
inline void Emit(const LinearJob& job, std::int64_t row, std::int64_t stored,
                 float value) {
  const std::int64_t output = OutputOfStoredRow(job.w, stored);
  if (job.bias != nullptr) value += job.bias[output];
  if (job.round_bf16) value = RoundedToBFloat16(value);
  job.y[row * job.y_stride + output] = value;
}

// The same for four adjacent stored rows.
HWY_INLINE void EmitFour(const LinearJob& job, std::int64_t row,
                         std::int64_t stored, Four value) {
  if (job.w.permuted_heads != 0) {
    float values[4];
    StoreFour(value, values);
    for (int i = 0; i < 4; ++i) Emit(job, row, stored + i, values[i]);
    return;
  }
  if (job.bias != nullptr) {
    value = AddFour(value, LoadFour(job.bias + stored));
  }
  if (job.round_bf16) value = NearestBf16Four(value);
  StoreFour(value, job.y + row * job.y_stride + stored);
}

template <int kOutputs>
HWY_INLINE void EmitSums(const LinearJob& job, std::int64_t row,
                         std::int64_t stored, const Lanes (&sums)[kOutputs]) {
  if constexpr (kOutputs % 4 == 0) {
    HWY_UNROLL(2)
    for (int o = 0; o < kOutputs; o += 4) {
      EmitFour(job, row, stored + o,
               SumsOfFour(FoldToFour(sums[o]), FoldToFour(sums[o + 1]),
                          FoldToFour(sums[o + 2]), FoldToFour(sums[o + 3])));
    }
  } else {
    for (int o = 0; o < kOutputs; ++o) {
      Emit(job, row, stored + o, SumOfLanes(sums[o]));
    }
  }
}

// y for kRows rows from `row` and kOutputs stored rows from `stored`.
template <class Block, int kRows, int kOutputs>
HWY_INLINE void Tile(const LinearJob& job, const TileWeights& w,
                     std::int64_t row, std::int64_t stored) {
  Lanes sums[kRows][kOutputs];
  SumTile<Block>(w, job.x + row * job.x_stride, job.x_stride, sums);
  HWY_UNROLL(4)
  for (int r = 0; r < kRows; ++r) {
    EmitSums(job, row + r, stored, sums[r]);
  }
}

// Tiles of kRows rows over `outputs` stored rows.
template <class Block, int kRows>
HWY_NOINLINE void TileRow(const LinearJob& job, TileWeights w, std::int64_t row,
                          std::int64_t stored, std::int64_t outputs) {
  constexpr int kOutputs = TileOutputs(kRows);
  std::int64_t o = 0;
  for (; o + kOutputs <= outputs; o += kOutputs) {
    Tile<Block, kRows, kOutputs>(job, w, row, stored + o);
    w.data += kOutputs * w.row_bytes;
  }
  for (; o < outputs; ++o) {
    Tile<Block, kRows, 1>(job, w, row, stored + o);
    w.data += w.row_bytes;
  }
}

// Lane sums of one row of x with kHeldOutputs stored rows, in memory: their
// trees run afterwards, together, instead of stalling each tile.
constexpr int kHeldOutputs = 32;
using HeldSums = float[kHeldOutputs][kLanes];

template <class Block>
HWY_INLINE void SumHeld(const TileWeights& w, const float* x, HeldSums& held) {
  constexpr int kOutputs = TileOutputs(1);
  TileWeights tile = w;
  for (int o = 0; o < kHeldOutputs; o += kOutputs) {
    Lanes sums[1][kOutputs];
    SumTile<Block>(tile, x, 0, sums);
    for (int i = 0; i < kOutputs; ++i) StoreLanes(sums[0][i], held[o + i]);
    tile.data += kOutputs * w.row_bytes;
  }
}

HWY_INLINE void EmitHeld(const LinearJob& job, std::int64_t row,
                         std::int64_t stored, const HeldSums& held) {
  for (int o = 0; o < kHeldOutputs; o += 4) {
    EmitFour(job, row, stored + o,
             SumsOfFour(FoldStored(held[o]), FoldStored(held[o + 1]),
                        FoldStored(held[o + 2]), FoldStored(held[o + 3])));
  }
}

// One row over `outputs` stored rows.
template <class Block>
HWY_NOINLINE void SingleRow(const LinearJob& job, TileWeights w,
                            std::int64_t row, std::int64_t stored,
                            std::int64_t outputs) {
  alignas(64) HeldSums held;
  std::int64_t o = 0;
  for (; o + kHeldOutputs <= outputs; o += kHeldOutputs) {
    SumHeld<Block>(w, job.x + row * job.x_stride, held);
    EmitHeld(job, row, stored + o, held);
    w.data += kHeldOutputs * w.row_bytes;
  }
  TileRow<Block, 1>(job, w, row, stored + o, outputs - o);
}

// All rows of x over `outputs` stored rows.
template <class Block>
HWY_INLINE void TileRows(const LinearJob& job, const TileWeights& w,
                         std::int64_t stored, std::int64_t outputs) {
  std::int64_t row = 0;
  for (; row + kTileRows <= job.rows; row += kTileRows) {
    TileRow<Block, kTileRows>(job, w, row, stored, outputs);
  }
  switch (job.rows - row) {
    case 3:
      return TileRow<Block, 3>(job, w, row, stored, outputs);
    case 2:
      return TileRow<Block, 2>(job, w, row, stored, outputs);
    case 1:
      return SingleRow<Block>(job, w, row, stored, outputs);
  }
}

// Widens one stored row of blocks that have parts.
template <class Block>
HWY_INLINE void WidenParts(const LinearJob& job, const std::uint8_t* row,
                           float* out) {
  const std::int64_t blocks = job.w.cols / (kBlockValues * Block::kSubBlocks);
  for (std::int64_t b = 0; b < blocks; ++b, row += Block::kBytes) {
    typename Block::Scales scales;
    Block::LoadScales(row, scales);
    for (int part = 0; part < Block::kSubBlocks; ++part, out += kBlockValues) {
      Lanes low;
      Lanes high;
      Block::Load(row, part, scales, low, high);
      StoreLanes(low, out);
      StoreLanes(high, out + kLanes);
    }
  }
}

// Widens the whole blocks of one stored row to float32.
template <class Block>
HWY_INLINE void WidenRow(const LinearJob& job, const std::uint8_t* row,
                         float* out) {
  const std::int64_t blocks = job.w.cols / kBlockValues;
  for (std::int64_t b = 0; b < blocks; ++b) {
    Lanes low;
    Lanes high;
    LoadBlock<Block>(row + b * Block::kBytes, low, high);
    StoreLanes(low, out + b * kBlockValues);
    StoreLanes(high, out + b * kBlockValues + kLanes);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_LINEAR_INL_H_
