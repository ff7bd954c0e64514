#include "models/chat/attributes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/chat/print.h"
#include "models/chat/text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

std::string OwnerName(const Value& value) {
  return value.is_none() ? "None" : value.TypeName() + " object";
}

Value NoAttribute(const Value& value, const std::string& name) {
  return Value::MakeUndefined(
      absl::StrCat("'", OwnerName(value), "' has no attribute '", name, "'"));
}

absl::StatusOr<Value> NoItem(Runtime& runtime, const Value& value,
                             const Value& key) {
  if (key.is_string()) return NoAttribute(value, *key.string_if());
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToRepr(runtime, key));
  return Value::MakeUndefined(
      absl::StrCat(OwnerName(value), " has no element ", text));
}

absl::StatusOr<std::optional<Value>> FindAttribute(Runtime& runtime,
                                                   const Value& value,
                                                   const std::string& name) {
  if (Object* object = value.object_if()) {
    return object->Attribute(runtime, name);
  }
  return FindMethod(value, name);
}

std::optional<size_t> Position(int64_t index, size_t size) {
  const auto count = static_cast<int64_t>(size);
  if (index < 0) index += count;
  if (index < 0 || index >= count) return std::nullopt;
  return static_cast<size_t>(index);
}

absl::StatusOr<std::optional<Value>> FindCharacter(Runtime& runtime,
                                                   const std::string& text,
                                                   int64_t index) {
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(text.size()));
  const auto characters = SplitCharacters(text);
  const auto position = Position(index, characters.size());
  if (!position.has_value()) return std::optional<Value>();
  return std::optional<Value>(
      Value::String(std::string(characters[*position])));
}

absl::StatusOr<std::optional<Value>> FindItem(Runtime& runtime,
                                              const Value& value,
                                              const Value& key) {
  std::optional<Value> nothing;
  if (const Dict* dict = value.dict_if()) {
    const Value* found = dict->Find(key);
    return found == nullptr ? nothing : std::optional<Value>(*found);
  }
  const auto index = key.AsInt();
  if (!index.has_value()) return nothing;
  if (const std::string* text = value.string_if()) {
    return FindCharacter(runtime, *text, *index);
  }
  const Sequence* sequence = value.sequence_if();
  if (sequence == nullptr || !sequence->is_indexable()) return nothing;
  const auto position = Position(*index, sequence->items.size());
  if (!position.has_value()) return nothing;
  return std::optional<Value>(sequence->items[*position]);
}

// The positions that a slice takes, as Python's slice.indices() gives them.
struct SliceRange {
  int64_t start = 0;
  int64_t stop = 0;
  int64_t step = 1;
};

absl::StatusOr<int64_t> SliceBound(const Value& value, int64_t fallback,
                                   int64_t count, bool backwards) {
  if (value.is_none()) return fallback;
  const auto bound = value.AsInt();
  if (!bound.has_value()) {
    return TypeError("slice indices must be integers or None");
  }
  const int64_t low = backwards ? -1 : 0;
  const int64_t high = backwards ? count - 1 : count;
  const int64_t clamped = std::clamp(*bound, -count - 1, count);
  return std::clamp(clamped < 0 ? clamped + count : clamped, low, high);
}

absl::StatusOr<SliceRange> ResolveSlice(const Value& start, const Value& stop,
                                        const Value& step, size_t size) {
  const auto count = static_cast<int64_t>(size);
  SliceRange range;
  if (!step.is_none()) {
    const auto given = step.AsInt();
    if (!given.has_value() || *given == 0) {
      return TypeError("the step of a slice must be an integer other than 0");
    }
    range.step = std::clamp(*given, -count - 1, count + 1);
  }
  const bool backwards = range.step < 0;
  SPACEMOE_ASSIGN_OR_RETURN(
      range.start,
      SliceBound(start, backwards ? count - 1 : 0, count, backwards));
  SPACEMOE_ASSIGN_OR_RETURN(
      range.stop, SliceBound(stop, backwards ? -1 : count, count, backwards));
  return range;
}

template <typename Take>
void ForEachInSlice(const SliceRange& range, Take take) {
  for (int64_t i = range.start;
       range.step > 0 ? i < range.stop : i > range.stop; i += range.step) {
    take(static_cast<size_t>(i));
  }
}

absl::StatusOr<Value> SliceOfText(Runtime& runtime, const std::string& text,
                                  const Value& start, const Value& stop,
                                  const Value& step) {
  SPACEMOE_RETURN_IF_ERROR(runtime.ChargeBytes(text.size()));
  const auto characters = SplitCharacters(text);
  SPACEMOE_ASSIGN_OR_RETURN(const SliceRange range,
                            ResolveSlice(start, stop, step, characters.size()));
  std::string out;
  ForEachInSlice(range, [&](size_t i) { out += characters[i]; });
  return runtime.String(std::move(out));
}

absl::StatusOr<Value> SliceOfSequence(Runtime& runtime,
                                      const Sequence& sequence,
                                      const Value& start, const Value& stop,
                                      const Value& step) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const SliceRange range,
      ResolveSlice(start, stop, step, sequence.items.size()));
  std::vector<Value> items;
  ForEachInSlice(range, [&](size_t i) { items.push_back(sequence.items[i]); });
  const bool tuple = sequence.kind == SequenceKind::kTuple;
  return runtime.MakeSequence(
      tuple ? SequenceKind::kTuple : SequenceKind::kList, std::move(items));
}

}  // namespace

absl::StatusOr<Value> GetAttribute(Runtime& runtime, const Value& value,
                                   const std::string& name) {
  if (value.is_undefined()) return UndefinedError(value);
  SPACEMOE_ASSIGN_OR_RETURN(const auto attribute,
                            FindAttribute(runtime, value, name));
  if (attribute.has_value()) return *attribute;
  if (const Dict* dict = value.dict_if()) {
    if (const Value* found = dict->Find(name)) return *found;
  }
  return NoAttribute(value, name);
}

absl::StatusOr<Value> GetItem(Runtime& runtime, const Value& value,
                              const Value& key) {
  if (value.is_undefined()) return UndefinedError(value);
  SPACEMOE_ASSIGN_OR_RETURN(const auto item, FindItem(runtime, value, key));
  if (item.has_value()) return *item;
  if (key.is_string()) {
    SPACEMOE_ASSIGN_OR_RETURN(const auto attribute,
                              FindAttribute(runtime, value, *key.string_if()));
    if (attribute.has_value()) return *attribute;
  }
  return NoItem(runtime, value, key);
}

absl::StatusOr<Value> GetSlice(Runtime& runtime, const Value& value,
                               const Value& start, const Value& stop,
                               const Value& step) {
  if (value.is_undefined()) return UndefinedError(value);
  if (const std::string* text = value.string_if()) {
    return SliceOfText(runtime, *text, start, stop, step);
  }
  const Sequence* sequence = value.sequence_if();
  if (sequence != nullptr && sequence->is_indexable()) {
    return SliceOfSequence(runtime, *sequence, start, stop, step);
  }
  return Value::MakeUndefined(
      absl::StrCat("'", OwnerName(value), "' can not be sliced"));
}

}  // namespace spacemoe::jinja
