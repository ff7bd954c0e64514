#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/linear.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/kernels.h"
#include "models/kernels/linear-inl.h"
#include "models/kernels/linear_job.h"
#include "models/kernels/nibbles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// Up to this many rows of x, weights are widened in registers as they are
// multiplied; more rows share a panel of widened weights.
constexpr std::int64_t kFusedRows = kTileRows;
// Outputs in a panel: with a tile's rows of x it should fit the first cache.
constexpr std::int64_t kPanelOutputs = 8;
// How far ahead of its use a weight is fetched from memory.
constexpr std::int64_t kPrefetchBytes = 4096;

const std::uint8_t* StoredRowBytes(const LinearJob& job, std::int64_t stored) {
  return reinterpret_cast<const std::uint8_t*>(job.w.row(stored));
}

template <class Block>
void FusedProduct(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  const TileWeights weights{StoredRowBytes(job, begin), job.w.row_bytes,
                            job.w.cols / kBlockValues, kPrefetchBytes};
  if (job.rows <= kFusedRows) {
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
void WidenTail(const LinearJob& job, const std::uint8_t* row, float* out) {
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
void PanelProduct(const LinearJob& job, float* panel, std::int64_t begin,
                  std::int64_t end) {
  const std::int64_t blocks = (job.w.cols + kBlockValues - 1) / kBlockValues;
  const std::int64_t width = blocks * kBlockValues;
  const TileWeights weights{reinterpret_cast<const std::uint8_t*>(panel),
                            width * static_cast<std::int64_t>(sizeof(float)),
                            blocks, 0};
  for (std::int64_t o = begin; o < end; o += kPanelOutputs) {
    const std::int64_t outputs = std::min(kPanelOutputs, end - o);
    for (std::int64_t i = 0; i < outputs; ++i) {
      const std::uint8_t* row = StoredRowBytes(job, o + i);
      WidenRow<Block>(job, row, panel + i * width);
      WidenTail<Block>(job, row, panel + i * width);
    }
    TileRows<F32Block>(job, weights, o, outputs);
  }
}

template <class Block>
void Product(const LinearJob& job, float* panel, std::int64_t begin,
             std::int64_t end) {
  if (panel == nullptr) {
    FusedProduct<Block>(job, begin, end);
  } else {
    PanelProduct<Block>(job, panel, begin, end);
  }
}

// Stored rows [begin, end) of the job; panel: scratch, or null to fuse.
void LinearRange(const LinearJob& job, float* panel, std::int64_t begin,
                 std::int64_t end) {
  switch (job.w.type) {
    case StorageType::kF32:
      return Product<F32Block>(job, panel, begin, end);
    case StorageType::kF16:
      return Product<F16Block>(job, panel, begin, end);
    case StorageType::kBF16:
      return Product<BF16Block>(job, panel, begin, end);
    case StorageType::kQ4_0:
      return Product<Q4_0Block>(job, panel, begin, end);
    case StorageType::kQ4_1:
      return Product<Q4_1Block>(job, panel, begin, end);
    case StorageType::kQ5_0:
      return Product<Q5_0Block>(job, panel, begin, end);
    case StorageType::kQ5_1:
      return Product<Q5_1Block>(job, panel, begin, end);
    case StorageType::kQ8_0:
      return Product<Q8_0Block>(job, panel, begin, end);
  }
}

// Floats of scratch that LinearRange needs, 0 to fuse.
std::int64_t PanelFloats(const LinearJob& job) {
  const std::int64_t blocks = (job.w.cols + kBlockValues - 1) / kBlockValues;
  const bool whole = job.w.cols % kBlockValues == 0;
  const bool plain = job.w.type == StorageType::kF32;
  if (whole && (plain || job.rows <= kFusedRows)) return 0;
  return kPanelOutputs * blocks * kBlockValues;
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {
namespace {

HWY_EXPORT(LinearRange);
HWY_EXPORT(PanelFloats);

// Multiply-adds below which waking another thread costs more than it saves.
constexpr std::int64_t kParallelThreshold = 128 * 1024;
constexpr std::int64_t kGrainOutputs = 32;

// Grows with use and lives as long as its thread.
float* ThreadScratch(std::int64_t floats) {
  thread_local std::vector<float> scratch;
  constexpr std::size_t kAlignment = 64 / sizeof(float);
  if (floats == 0) return nullptr;
  const std::size_t needed = static_cast<std::size_t>(floats) + kAlignment;
  if (scratch.size() < needed) scratch.resize(needed);
  void* aligned = scratch.data();
  std::size_t space = scratch.size() * sizeof(float);
  return static_cast<float*>(std::align(64, 64, aligned, space));
}

void RunJob(const LinearJob& job, ThreadPool* pool) {
  const auto run = [&job](std::int64_t begin, std::int64_t end) {
    float* panel = ThreadScratch(HWY_DYNAMIC_DISPATCH(PanelFloats)(job));
    HWY_DYNAMIC_DISPATCH(LinearRange)(job, panel, begin, end);
  };
  const std::int64_t work = job.rows * job.w.rows * job.w.cols;
  if (pool == nullptr || work < kParallelThreshold) return run(0, job.w.rows);
  pool->ParallelFor(job.w.rows, kGrainOutputs, run);
}

// Rows of x zero-padded to whole blocks.
std::vector<float> PaddedRows(const LinearJob& job, std::int64_t width) {
  std::vector<float> padded(static_cast<std::size_t>(job.rows * width));
  for (std::int64_t r = 0; r < job.rows; ++r) {
    std::memcpy(padded.data() + r * width, job.x + r * job.x_stride,
                static_cast<std::size_t>(job.w.cols) * sizeof(float));
  }
  return padded;
}

}  // namespace

void Linear(const MatrixView& w, const float* x, std::int64_t rows,
            std::int64_t x_stride, float* y, std::int64_t y_stride,
            const float* bias, bool round_bf16, ThreadPool* pool) {
  if (rows <= 0 || w.rows <= 0) return;
  LinearJob job{w, x, rows, x_stride, y, y_stride, bias, round_bf16};
  constexpr std::int64_t kPad = 32;
  if (w.cols % kPad == 0) return RunJob(job, pool);
  const std::int64_t width = (w.cols + kPad - 1) / kPad * kPad;
  const std::vector<float> padded = PaddedRows(job, width);
  job.x = padded.data();
  job.x_stride = width;
  RunJob(job, pool);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
