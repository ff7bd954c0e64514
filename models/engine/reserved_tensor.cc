#include "models/engine/reserved_tensor.h"

#include <ATen/ops/from_blob.h>
#include <sys/mman.h>

#include "absl/strings/str_cat.h"

namespace spacemoe {

absl::StatusOr<at::Tensor> ReservedTensor(int64_t rows, int64_t cols) {
  int64_t bytes = 0;
  if (__builtin_mul_overflow(rows, cols, &bytes) ||
      __builtin_mul_overflow(bytes, int64_t{sizeof(float)}, &bytes)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no address space for ", rows, " x ", cols, " floats"));
  }
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no address space for ", bytes, " bytes"));
  }
  return at::from_blob(
      data, {rows, cols}, [bytes](void* p) { munmap(p, bytes); }, at::kFloat);
}

}  // namespace spacemoe
