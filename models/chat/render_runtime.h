// One rendering: its limits, its clock and the objects that live as long.
#ifndef SPACEMOE_MODELS_CHAT_RENDER_RUNTIME_H_
#define SPACEMOE_MODELS_CHAT_RENDER_RUNTIME_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "models/chat/object.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// Limits, so that no template hangs, fills the memory or the stack.
inline constexpr size_t kMaxTextBytes = size_t{16} << 20;  // of one string
inline constexpr int64_t kMaxWork = 8'000'000;  // steps, items, 64-byte units
inline constexpr int kMaxCallDepth = 600;       // nested evaluations
inline constexpr int kMaxValueDepth = 100;      // nested containers

// Not thread-safe: one for each rendering.
class Runtime {
 public:
  explicit Runtime(absl::Time now) : now_(now) {}

  // Counts work; ResourceExhausted when it is too much.
  absl::Status Charge(int64_t units);
  absl::Status ChargeBytes(size_t bytes) {
    return Charge(1 + static_cast<int64_t>(bytes / 64));
  }

  // Values of any size are made here, where they are counted.
  absl::StatusOr<Value> String(std::string text);
  absl::StatusOr<Value> MakeSequence(SequenceKind kind,
                                     std::vector<Value> items);
  absl::StatusOr<Value> List(std::vector<Value> items) {
    return MakeSequence(SequenceKind::kList, std::move(items));
  }
  absl::StatusOr<Value> Tuple(std::vector<Value> items) {
    return MakeSequence(SequenceKind::kTuple, std::move(items));
  }
  absl::StatusOr<Value> Iterator(std::vector<Value> items) {
    return MakeSequence(SequenceKind::kIterator, std::move(items));
  }
  absl::StatusOr<Value> MakeDict(Dict dict);
  // ResourceExhausted if a text of `bytes` would be too long.
  absl::Status CheckTextSize(size_t bytes) const;

  template <typename T, typename... A>
  T* New(A&&... args) {
    auto object = std::make_unique<T>(std::forward<A>(args)...);
    T* borrowed = object.get();
    objects_.push_back(std::move(object));
    return borrowed;
  }

  absl::Time now() const { return now_; }
  // The line that runs now, for errors.
  int line() const { return line_; }
  void set_line(int line) { line_ = line; }

 private:
  friend class DepthGuard;
  const absl::Time now_;
  int64_t work_ = 0;
  int depth_ = 0;
  int line_ = 0;
  std::vector<std::unique_ptr<Object>> objects_;
};

// Counts the levels of evaluation.
class DepthGuard {
 public:
  explicit DepthGuard(Runtime& runtime) : runtime_(runtime) {
    ++runtime_.depth_;
  }
  ~DepthGuard() { --runtime_.depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

  // ResourceExhausted when it is too deep.
  absl::Status Check() const;

 private:
  Runtime& runtime_;
};

// Calls a macro, a function or a method; an error for anything else.
absl::StatusOr<Value> CallValue(Runtime& runtime, const Value& callee,
                                const Args& args);

// What a loop over `value` sees: items, keys, characters. Uses up iterators.
absl::StatusOr<std::vector<Value>> ItemsOf(Runtime& runtime,
                                           const Value& value);

// len(value), or an error.
absl::StatusOr<int64_t> LengthOf(const Value& value);

absl::Status TypeError(const std::string& message);
// What an operation on an undefined value fails with.
absl::Status UndefinedError(const Value& value);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_RENDER_RUNTIME_H_
