#include "cli/progress_line.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace spacemoe {
namespace {

constexpr int64_t kIntervalNs = 100'000'000;
constexpr char kEmptyLine[] = "\r\033[K";

}  // namespace

ProgressLine::ProgressLine(Write write, const Clock* clock,
                           std::unique_ptr<Deferrer> deferrer)
    : write_(std::move(write)), clock_(clock), deferrer_(std::move(deferrer)) {}

ProgressLine::~ProgressLine() {
  deferrer_.reset();
  if (drawn_ns_.has_value()) write_(kEmptyLine);
}

void ProgressLine::Show(const std::string& text) {
  std::lock_guard<std::mutex> lock(mutex_);
  text_ = text;
  if (waiting_) return;
  const int64_t due_ns = drawn_ns_.value_or(INT64_MIN / 2) + kIntervalNs;
  const int64_t left_ns = due_ns - clock_->Now();
  if (left_ns <= 0) return DrawLocked();
  waiting_ = true;
  deferrer_->After(absl::Nanoseconds(left_ns), [this] {
    std::lock_guard<std::mutex> lock(mutex_);
    waiting_ = false;
    DrawLocked();
  });
}

void ProgressLine::DrawLocked() {
  drawn_ns_ = clock_->Now();
  write_(absl::StrCat(kEmptyLine, text_));
}

}  // namespace spacemoe
