// Which copies of the selected experts run, so that the last finishes soonest.
#ifndef SPACEMOE_PLACEMENT_COPY_CHOICE_H_
#define SPACEMOE_PLACEMENT_COPY_CHOICE_H_

#include <cstdint>
#include <limits>
#include <vector>

namespace spacemoe {

// Above so many combinations each expert runs on its first copy.
inline constexpr int64_t kMaxCopyChoices = 4096;

// Visits all combinations of one site from each expert's list and keeps the
// first with the smallest maximum of latency(site, load) over the sites used,
// load being the number of selected experts there. Buffers are reused:
// thread-compatible.
class CopyChoice {
 public:
  // `copies` [experts][sites] for the selected experts, none empty. Returns the
  // chosen site of each, in order.
  template <typename Latency>
  const std::vector<int>& Choose(
      const std::vector<const std::vector<int>*>& copies, int sites,
      const Latency& latency) {
    load_.assign(sites, 0);
    chosen_.clear();
    for (const std::vector<int>* list : copies)
      chosen_.push_back(list->front());
    int64_t choices = 1;
    for (const std::vector<int>* list : copies) {
      choices *= static_cast<int64_t>(list->size());
      if (choices > kMaxCopyChoices) return chosen_;
    }
    if (choices == 1) return chosen_;
    best_ = std::numeric_limits<double>::infinity();
    trial_.assign(copies.size(), 0);
    Extend(copies, 0, latency);
    return chosen_;
  }

 private:
  template <typename Latency>
  void Extend(const std::vector<const std::vector<int>*>& copies, size_t depth,
              const Latency& latency) {
    if (depth == copies.size()) {
      Compare(latency);
      return;
    }
    for (int site : *copies[depth]) {
      trial_[depth] = site;
      ++load_[site];
      Extend(copies, depth + 1, latency);
      --load_[site];
    }
  }

  template <typename Latency>
  void Compare(const Latency& latency) {
    double slowest = 0;
    for (int site : trial_) {
      const double now = latency(site, load_[site]);
      if (now > slowest) slowest = now;
    }
    if (slowest >= best_) return;
    best_ = slowest;
    chosen_ = trial_;
  }

  double best_ = 0;
  std::vector<int> trial_;
  std::vector<int> chosen_;
  std::vector<int> load_;  // [sites]
};

}  // namespace spacemoe

#endif  // SPACEMOE_PLACEMENT_COPY_CHOICE_H_
