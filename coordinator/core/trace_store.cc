#include "coordinator/core/trace_store.h"

#include <algorithm>
#include <utility>

namespace spacemoe {

void TraceStore::Clear() {
  stored_ = {};
  bytes_ = 0;
}

void TraceStore::Add(int index, TraceReport report) {
  stored_.dropped += report.dropped;
  if (bytes_ + report.batch.size() > max_bytes_) {
    stored_.dropped += report.events;
  } else if (!report.batch.empty()) {
    bytes_ += report.batch.size();
    stored_.batches.push_back({index, std::move(report.batch)});
  }
  if (report.last) Answer(index);
}

void TraceStore::Gather(Done done) {
  rounds_.push_back(
      {std::vector<bool>(satellites_), satellites_, std::move(done)});
}

void TraceStore::Answer(int index) {
  const auto round =
      std::find_if(rounds_.begin(), rounds_.end(),
                   [index](const Round& r) { return !r.answered[index]; });
  if (round == rounds_.end()) return;
  round->answered[index] = true;
  if (--round->missing > 0) return;
  StoredTrace taken = std::move(stored_);
  Clear();
  round->done(std::move(taken));
  rounds_.erase(round);
}

void TraceStore::FailAll(const absl::Status& status) {
  for (Round& round : rounds_) round.done(status);
  rounds_.clear();
  Clear();
}

}  // namespace spacemoe
