#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "models/kernels/kernels.h"
#include "models/kernels/linear_job.h"
#include "models/kernels/linear_product.h"

namespace spacemoe::kernels {
namespace {

struct RangeKernels {
  FusedRange* fuse;
  WidenedRange* widen;
};

RangeKernels KernelsOf(StorageType type) {
  switch (type) {
    case StorageType::kF32:
    case StorageType::kF16:
    case StorageType::kBF16:
      return {FuseFloat, WidenFloat};
    case StorageType::kQ4_0:
    case StorageType::kQ4_1:
      return {FuseQ4, WidenQ4};
    case StorageType::kQ5_0:
    case StorageType::kQ5_1:
      return {FuseQ5, WidenQ5};
    case StorageType::kQ8_0:
      return {FuseQ8, WidenQ8};
    case StorageType::kQ2_K:
      return {FuseQ2_K, WidenQ2_K};
    case StorageType::kQ3_K:
      return {FuseQ3_K, WidenQ3_K};
    case StorageType::kQ4_K:
      return {FuseQ4_K, WidenQ4_K};
    case StorageType::kQ5_K:
      return {FuseQ5_K, WidenQ5_K};
    case StorageType::kQ6_K:
      return {FuseQ6_K, WidenQ6_K};
    case StorageType::kMxfp4:
      return {FuseMxfp4, WidenMxfp4};
    case StorageType::kF8E4M3:
    case StorageType::kF4:
      return {FuseWithScales, WidenWithScales};
  }
  return {FuseFloat, WidenFloat};
}

// Multiply-adds below which waking another thread costs more than it saves.
constexpr std::int64_t kParallelThreshold = 128 * 1024;
constexpr std::int64_t kGrainOutputs = 32;

// Grows with use and lives as long as its thread.
float* ThreadScratch(std::int64_t floats) {
  thread_local std::vector<float> scratch;
  constexpr std::size_t kAlignment = 64 / sizeof(float);
  const std::size_t needed = static_cast<std::size_t>(floats) + kAlignment;
  if (scratch.size() < needed) scratch.resize(needed);
  void* aligned = scratch.data();
  std::size_t space = scratch.size() * sizeof(float);
  return static_cast<float*>(std::align(64, 64, aligned, space));
}

// Whether separate scales, if any, are those that FuseWithScales reads, and no
// tile of them ends within a block.
bool HasWholeTiles(const MatrixView& w) {
  constexpr std::int64_t kBlock = 32;
  if (!HasSeparateScales(w.type)) return true;
  const std::int64_t tile = w.scales.tile_cols;
  const bool powers = w.scales.type == SeparateScales::Type::kE8M0;
  if (w.type == StorageType::kF4) return powers && tile == kBlock;
  return !powers && (tile >= w.cols || tile % kBlock == 0);
}

// Float32 needs no widening, and a few rows of x none ahead of time; a row that
// ends within a block is always widened.
bool IsFused(const LinearJob& job) {
  if (!HasWholeTiles(job.w)) return false;
  const bool whole = job.w.cols == PanelWidth(job);
  const bool plain = job.w.type == StorageType::kF32;
  return whole && (plain || job.rows <= FusedRows());
}

// Stored rows [begin, end) of the job.
void RunRange(const LinearJob& job, std::int64_t begin, std::int64_t end) {
  const RangeKernels kernels = KernelsOf(job.w.type);
  if (IsFused(job)) return kernels.fuse(job, begin, end);
  float* const panel = ThreadScratch(kPanelOutputs * PanelWidth(job));
  for (std::int64_t o = begin; o < end; o += kPanelOutputs) {
    const std::int64_t last = std::min(o + kPanelOutputs, end);
    kernels.widen(job, o, last, panel);
    MultiplyPanel(job, o, last, panel);
  }
}

void RunJob(const LinearJob& job, ThreadPool* pool) {
  const auto run = [&job](std::int64_t begin, std::int64_t end) {
    RunRange(job, begin, end);
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
  if (w.transposed_step != 0) {
    return LinearTransposed(
        {w, x, rows, x_stride, y, y_stride, bias, round_bf16});
  }
  LinearJob job{w, x, rows, x_stride, y, y_stride, bias, round_bf16};
  const std::int64_t width = PanelWidth(job);
  if (w.cols == width) return RunJob(job, pool);
  const std::vector<float> padded = PaddedRows(job, width);
  job.x = padded.data();
  job.x_stride = width;
  RunJob(job, pool);
}

}  // namespace spacemoe::kernels
