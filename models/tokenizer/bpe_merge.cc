#include "models/tokenizer/bpe_merge.h"

#include <queue>
#include <tuple>

namespace spacemoe {
namespace {

// Up to here scanning all pairs again after each merge is faster than a heap.
constexpr size_t kShortWord = 24;
constexpr int32_t kGone = -1;

uint64_t Key(int32_t left, int32_t right) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) |
         static_cast<uint32_t>(right);
}

void MergeByScanning(const BpeMerges& merges, std::vector<int32_t>* symbols) {
  while (symbols->size() > 1) {
    const BpeMerge* best = nullptr;
    size_t at = 0;
    for (size_t i = 0; i + 1 < symbols->size(); ++i) {
      const BpeMerge* merge = merges.Find((*symbols)[i], (*symbols)[i + 1]);
      if (merge == nullptr) continue;
      if (best != nullptr && best->rank <= merge->rank) continue;
      best = merge;
      at = i;
    }
    if (best == nullptr) return;
    (*symbols)[at] = best->result;
    symbols->erase(symbols->begin() + at + 1);
  }
}

struct Candidate {
  int32_t rank;
  int64_t position;
  int32_t result;
  bool operator>(const Candidate& other) const {
    return std::tie(rank, position) > std::tie(other.rank, other.position);
  }
};

// A doubly linked list of symbols with a heap of the pairs that may merge.
class LinkedMerger {
 public:
  LinkedMerger(const BpeMerges& merges, std::vector<int32_t>* symbols)
      : merges_(merges), symbols_(*symbols) {
    const auto count = static_cast<int64_t>(symbols_.size());
    for (int64_t i = 0; i < count; ++i) {
      previous_.push_back(i - 1);
      next_.push_back(i + 1 < count ? i + 1 : kGone);
    }
    for (int64_t i = 0; i < count; ++i) Offer(i);
  }

  void Run() {
    while (!heap_.empty()) {
      const Candidate candidate = heap_.top();
      heap_.pop();
      if (StillThere(candidate)) Merge(candidate);
    }
    std::erase(symbols_, kGone);
  }

 private:
  const BpeMerge* MergeAt(int64_t position) const {
    if (position < 0 || next_[position] < 0) return nullptr;
    return merges_.Find(symbols_[position], symbols_[next_[position]]);
  }

  void Offer(int64_t position) {
    const BpeMerge* merge = MergeAt(position);
    if (merge != nullptr) heap_.push({merge->rank, position, merge->result});
  }

  bool StillThere(const Candidate& candidate) const {
    if (symbols_[candidate.position] == kGone) return false;
    const BpeMerge* merge = MergeAt(candidate.position);
    return merge != nullptr && merge->result == candidate.result;
  }

  void Merge(const Candidate& candidate) {
    const int64_t left = candidate.position;
    const int64_t right = next_[left];
    symbols_[left] = candidate.result;
    symbols_[right] = kGone;
    next_[left] = next_[right];
    if (next_[left] >= 0) previous_[next_[left]] = left;
    Offer(previous_[left]);
    Offer(left);
  }

  const BpeMerges& merges_;
  std::vector<int32_t>& symbols_;
  std::vector<int64_t> previous_;
  std::vector<int64_t> next_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> heap_;
};

}  // namespace

void BpeMerges::Set(int32_t left, int32_t right, BpeMerge merge) {
  merges_[Key(left, right)] = merge;
}

const BpeMerge* BpeMerges::Find(int32_t left, int32_t right) const {
  const auto entry = merges_.find(Key(left, right));
  return entry == merges_.end() ? nullptr : &entry->second;
}

void MergeSymbols(const BpeMerges& merges, std::vector<int32_t>* symbols) {
  if (symbols->size() <= kShortWord) {
    MergeByScanning(merges, symbols);
  } else {
    LinkedMerger(merges, symbols).Run();
  }
}

}  // namespace spacemoe
