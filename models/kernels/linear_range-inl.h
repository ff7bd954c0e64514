// The functions of linear_product.h for one reader of blocks.
#if defined(SPACEMOE_MODELS_KERNELS_LINEAR_RANGE_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_LINEAR_RANGE_INL_H_
#undef SPACEMOE_MODELS_KERNELS_LINEAR_RANGE_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_LINEAR_RANGE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "models/kernels/linear-inl.h"
#include "models/kernels/linear_job.h"
#include "models/kernels/linear_product.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// How far ahead of its use a weight is fetched from memory.
constexpr std::int64_t kPrefetchBytes = 4096;

inline const std::uint8_t* StoredRowBytes(const LinearJob& job,
                                          std::int64_t stored) {
  return reinterpret_cast<const std::uint8_t*>(job.w.row(stored));
}

template <class Block>
HWY_INLINE void Fuse(const LinearJob& job, std::int64_t begin,
                     std::int64_t end) {
  const TileWeights weights{StoredRowBytes(job, begin), job.w.row_bytes,
                            job.w.cols / (kBlockValues * SubBlocks<Block>()),
                            kPrefetchBytes, &job.w};
  if (job.rows <= kTileRows) {
    return TileRows<Block>(job, weights, begin, end - begin);
  }
  // Panel by panel, so that the weights stay in the cache for all rows.
  for (std::int64_t o = begin; o < end; o += kPanelOutputs) {
    TileWeights panel = weights;
    panel.data = StoredRowBytes(job, o);
    TileRows<Block>(job, panel, o, std::min(kPanelOutputs, end - o));
  }
}

// A row's values after its last whole block, one by one, then zeros.
template <class Block>
HWY_INLINE void WidenTail(const LinearJob& job, const std::uint8_t* row,
                          float* out) {
  const std::int64_t tail = job.w.cols % kBlockValues;
  if (tail == 0) return;
  std::uint8_t padded[Block::kBytes] = {};
  const std::int64_t blocks = job.w.cols / kBlockValues;
  std::memcpy(padded, row + blocks * Block::kBytes,
              static_cast<std::size_t>(tail * Block::kBytes / kBlockValues));
  Lanes low;
  Lanes high;
  LoadBlock<Block>(padded, low, high);
  StoreLanes(low, out + blocks * kBlockValues);
  StoreLanes(high, out + blocks * kBlockValues + kLanes);
}

template <class Block>
HWY_INLINE void Widen(const LinearJob& job, std::int64_t begin,
                      std::int64_t end, float* panel) {
  const std::int64_t width = PanelWidth(job);
  for (std::int64_t o = begin; o < end; ++o, panel += width) {
    if constexpr (SubBlocks<Block>() > 1) {
      WidenParts<Block>(job, StoredRowBytes(job, o), panel);
    } else {
      WidenRow<Block>(job, StoredRowBytes(job, o), panel);
      WidenTail<Block>(job, StoredRowBytes(job, o), panel);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_LINEAR_RANGE_INL_H_
