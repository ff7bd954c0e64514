// Filters on whole sequences.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/chat/filters.h"
#include "models/chat/operators.h"
#include "models/chat/text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

Result ToList(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("list", args, {}).status());
  SPACEMOE_ASSIGN_OR_RETURN(auto items, ItemsOf(runtime, value));
  return runtime.List(std::move(items));
}

Result First(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("first", args, {}).status());
  Sequence* iterator = value.sequence_if();
  if (iterator != nullptr && iterator->position < iterator->items.size()) {
    const bool used_up = iterator->kind == SequenceKind::kIterator;
    const Value item = iterator->items[iterator->position];
    iterator->position += used_up ? 1 : 0;
    return item;
  }
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  if (!items.empty()) return items.front();
  return Value::MakeUndefined("No first item, sequence was empty.");
}

Result Last(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("last", args, {}).status());
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  if (!items.empty()) return items.back();
  return Value::MakeUndefined("No last item, sequence was empty.");
}

Result Reverse(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("reverse", args, {}).status());
  SPACEMOE_ASSIGN_OR_RETURN(auto items, ItemsOf(runtime, value));
  std::reverse(items.begin(), items.end());
  if (!value.is_string()) return runtime.Iterator(std::move(items));
  std::string text;
  for (const Value& item : items) text += *item.string_if();
  return runtime.String(std::move(text));
}

Result Items(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_RETURN_IF_ERROR(BoundArgs::Bind("items", args, {}).status());
  std::vector<Value> pairs;
  if (value.is_undefined()) return runtime.Iterator(std::move(pairs));
  if (value.dict_if() == nullptr) {
    return TypeError("Can only get item pairs from a mapping.");
  }
  for (const auto& [key, item] : value.dict_if()->entries()) {
    SPACEMOE_ASSIGN_OR_RETURN(Value pair, runtime.Tuple({key, item}));
    pairs.push_back(std::move(pair));
  }
  return runtime.Iterator(std::move(pairs));
}

Result Sum(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound, BoundArgs::Bind("sum", args, {"attribute", "start"}));
  const Value attribute = bound.Or(0, Value());
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  Value sum = bound.Or(1, Value::Int(0));
  for (const Value& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(
        const Value part,
        attribute.is_none() ? Result(item) : GetPath(runtime, item, attribute));
    SPACEMOE_ASSIGN_OR_RETURN(sum, Apply(runtime, BinaryOp::kAdd, sum, part));
  }
  return sum;
}

// Groups of `count`, the last one filled up if there is something to fill with.
Result Batch(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("batch", args, {"linecount", "fill_with"}));
  SPACEMOE_RETURN_IF_ERROR(bound.Required(0).status());
  SPACEMOE_ASSIGN_OR_RETURN(const int64_t count, bound.IntOr(0, 1));
  if (count < 1) return TypeError("batch(): expected a linecount of 1 or more");
  const Value fill = bound.Or(1, Value());
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  std::vector<Value> batches;
  for (size_t begin = 0; begin < items.size(); begin += count) {
    const size_t end = std::min(items.size(), begin + count);
    std::vector<Value> batch(items.begin() + begin, items.begin() + end);
    if (!fill.is_none()) {
      SPACEMOE_RETURN_IF_ERROR(runtime.Charge(count));
      batch.resize(count, fill);
    }
    SPACEMOE_ASSIGN_OR_RETURN(Value list, runtime.List(std::move(batch)));
    batches.push_back(std::move(list));
  }
  return runtime.Iterator(std::move(batches));
}

constexpr FilterEntry kFilters[] = {
    {"list", ToList}, {"first", First}, {"last", Last},   {"reverse", Reverse},
    {"items", Items}, {"sum", Sum},     {"batch", Batch},
};

}  // namespace

std::span<const FilterEntry> SequenceFilters() { return kFilters; }

}  // namespace spacemoe::jinja
