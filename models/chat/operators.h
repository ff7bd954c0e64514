// Python's operators.
#ifndef SPACEMOE_MODELS_CHAT_OPERATORS_H_
#define SPACEMOE_MODELS_CHAT_OPERATORS_H_

#include "absl/status/statusor.h"
#include "models/chat/render_runtime.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

enum class BinaryOp { kAdd, kSub, kMul, kDiv, kFloorDiv, kMod, kPow };
enum class UnaryOp { kMinus, kPlus };

// Integers have 64 bits: an overflow is an error, where Python goes on.
absl::StatusOr<Value> Apply(Runtime& runtime, BinaryOp op, const Value& left,
                            const Value& right);
absl::StatusOr<Value> Apply(Runtime& runtime, UnaryOp op, const Value& value);

absl::StatusOr<bool> Equals(Runtime& runtime, const Value& left,
                            const Value& right);
// An error for what has no order.
absl::StatusOr<bool> Less(Runtime& runtime, const Value& left,
                          const Value& right);
absl::StatusOr<bool> Contains(Runtime& runtime, const Value& container,
                              const Value& item);

enum class CompareOp { kEq, kNe, kLt, kLe, kGt, kGe, kIn, kNotIn };
absl::StatusOr<bool> Compare(Runtime& runtime, CompareOp op, const Value& left,
                             const Value& right);

// "%s: %d" % (a, b); conversions s, r, d, i, f, x, %.
absl::StatusOr<Value> FormatPercent(Runtime& runtime, const std::string& format,
                                    const std::vector<Value>& values);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_OPERATORS_H_
