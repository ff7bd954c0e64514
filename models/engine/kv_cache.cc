#include "models/engine/kv_cache.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/engine/reserved_tensor.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

std::string Where(const GatewayRow& row) {
  return absl::StrCat("sequence ", row.sequence, ", position ", row.position);
}

absl::Status CheckPosition(const GatewayRow& row, const SequenceCache& cache) {
  if (row.position < 0 || row.position > cache.length) {
    return absl::FailedPreconditionError(
        absl::StrCat(Where(row), ": expected a position in [0, ", cache.length,
                     "], as the KV cache holds ", cache.length));
  }
  if (row.position >= cache.capacity) {
    return absl::ResourceExhaustedError(
        absl::StrCat(Where(row), ": the KV cache was reserved for ",
                     cache.capacity, " positions"));
  }
  return absl::OkStatus();
}

}  // namespace

KvCache::KvCache(int64_t key_width, int64_t value_width, int64_t bytes_limit)
    : key_width_(key_width),
      value_width_(value_width),
      bytes_limit_(bytes_limit) {}

KvCache::~KvCache() = default;

int64_t KvCache::BytesOf(int64_t capacity) const {
  return capacity * (key_width_ + value_width_) *
         static_cast<int64_t>(sizeof(float));
}

absl::Status KvCache::Extend(absl::Span<const GatewayRow> rows,
                             std::vector<SequenceCache*>* caches) {
  caches->resize(rows.size());
  // Lengths before each row, to be restored on an error.
  std::vector<int64_t> lengths;
  lengths.reserve(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    const auto held = sequences_.find(rows[r].sequence);
    lengths.push_back(held == sequences_.end() ? -1 : held->second->length);
    const absl::Status status = ExtendRow(rows[r], &(*caches)[r]);
    if (status.ok()) continue;
    Undo(rows, lengths);
    return status;
  }
  return absl::OkStatus();
}

absl::Status KvCache::ExtendRow(const GatewayRow& row, SequenceCache** cache) {
  if (!sequences_.contains(row.sequence)) {
    SPACEMOE_RETURN_IF_ERROR(Reserve(row));
  }
  SequenceCache& held = *sequences_.at(row.sequence);
  SPACEMOE_RETURN_IF_ERROR(CheckPosition(row, held));
  held.length = std::max(held.length, row.position + 1);
  *cache = &held;
  return absl::OkStatus();
}

absl::Status KvCache::Reserve(const GatewayRow& row) {
  const int64_t most = int64_t{1} << 40;
  if (row.capacity < 1 || row.capacity > most / (key_width_ + value_width_)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        Where(row), ": no KV cache can hold ", row.capacity, " positions"));
  }
  const int64_t bytes = BytesOf(row.capacity);
  if (bytes_limit_ > 0 && bytes_ + bytes > bytes_limit_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        Where(row), ": ", bytes, " bytes of KV cache do not fit: ", bytes_,
        " of ", bytes_limit_, " are taken"));
  }
  auto cache = std::make_unique<SequenceCache>();
  SPACEMOE_ASSIGN_OR_RETURN(cache->keys,
                            ReservedTensor(row.capacity, key_width_));
  if (value_width_ > 0) {
    SPACEMOE_ASSIGN_OR_RETURN(cache->values,
                              ReservedTensor(row.capacity, value_width_));
  }
  cache->key_width = key_width_;
  cache->value_width = value_width_;
  cache->capacity = row.capacity;
  sequences_[row.sequence] = std::move(cache);
  bytes_ += bytes;
  return absl::OkStatus();
}

void KvCache::Undo(absl::Span<const GatewayRow> rows,
                   const std::vector<int64_t>& lengths) {
  for (size_t r = lengths.size(); r-- > 0;) {
    if (lengths[r] < 0) {
      Release(rows[r].sequence);
    } else if (const auto held = sequences_.find(rows[r].sequence);
               held != sequences_.end()) {
      held->second->length = lengths[r];
    }
  }
}

void KvCache::Release(uint64_t sequence) {
  const auto held = sequences_.find(sequence);
  if (held == sequences_.end()) return;
  bytes_ -= BytesOf(held->second->capacity);
  sequences_.erase(held);
}

}  // namespace spacemoe
