// sort, dictsort, unique, min, max.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/chat/filters.h"
#include "models/chat/operators.h"
#include "models/chat/text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

struct Keyed {
  std::vector<Value> keys;  // compared one after another
  Value item;
};

Value FoldCase(const Value& value, bool case_sensitive) {
  const std::string* text = value.string_if();
  if (text == nullptr || case_sensitive) return value;
  return Value::String(LowerText(*text));
}

// "a,b" compares by a, then by b.
absl::StatusOr<Keyed> MakeKeyed(Runtime& runtime, const Value& item,
                                const Value& attribute, bool case_sensitive) {
  Keyed keyed{{}, item};
  if (attribute.is_none()) {
    keyed.keys.push_back(FoldCase(item, case_sensitive));
    return keyed;
  }
  std::vector<Value> paths = {attribute};
  if (const std::string* names = attribute.string_if()) {
    paths.clear();
    for (const std::string_view name : SplitText(*names, ",", -1)) {
      paths.push_back(Value::String(std::string(name)));
    }
  }
  for (const Value& path : paths) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value key, GetPath(runtime, item, path));
    keyed.keys.push_back(FoldCase(key, case_sensitive));
  }
  return keyed;
}

absl::StatusOr<std::vector<Keyed>> KeyAll(Runtime& runtime, const Value& value,
                                          const Value& attribute,
                                          bool case_sensitive) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  std::vector<Keyed> all;
  for (const Value& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(
        Keyed keyed, MakeKeyed(runtime, item, attribute, case_sensitive));
    all.push_back(std::move(keyed));
  }
  return all;
}

absl::StatusOr<bool> LessKeys(Runtime& runtime, const Keyed& a,
                              const Keyed& b) {
  for (size_t i = 0; i < a.keys.size(); ++i) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool equal,
                              Equals(runtime, a.keys[i], b.keys[i]));
    if (!equal) return Less(runtime, a.keys[i], b.keys[i]);
  }
  return false;
}

// A stable merge sort that stops at the first error of a comparison: the
// standard sorts must not be given an order that fails half-way.
absl::Status StableSort(Runtime& runtime, bool reverse,
                        std::vector<Keyed>* items) {
  std::vector<Keyed> merged(items->size());
  for (size_t width = 1; width < items->size(); width *= 2) {
    for (size_t begin = 0; begin < items->size(); begin += 2 * width) {
      const size_t middle = std::min(begin + width, items->size());
      const size_t end = std::min(begin + 2 * width, items->size());
      size_t left = begin;
      size_t right = middle;
      for (size_t out = begin; out < end; ++out) {
        bool take_right = left == middle;
        if (left < middle && right < end) {
          const Keyed& a = (*items)[left];
          const Keyed& b = (*items)[right];
          SPACEMOE_ASSIGN_OR_RETURN(take_right, reverse
                                                    ? LessKeys(runtime, a, b)
                                                    : LessKeys(runtime, b, a));
        }
        merged[out] = std::move((*items)[take_right ? right++ : left++]);
      }
    }
    items->swap(merged);
  }
  return absl::OkStatus();
}

std::vector<Value> ItemsIn(std::vector<Keyed> keyed) {
  std::vector<Value> items;
  for (Keyed& entry : keyed) items.push_back(std::move(entry.item));
  return items;
}

Result Sort(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("sort", args,
                      {"reverse", "case_sensitive", "attribute"}));
  SPACEMOE_ASSIGN_OR_RETURN(
      auto keyed,
      KeyAll(runtime, value, bound.Or(2, Value()), bound.BoolOr(1, false)));
  SPACEMOE_RETURN_IF_ERROR(StableSort(runtime, bound.BoolOr(0, false), &keyed));
  return runtime.List(ItemsIn(std::move(keyed)));
}

Result DictSort(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("dictsort", args, {"case_sensitive", "by", "reverse"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string by, bound.StringOr(1, "key"));
  if (by != "key" && by != "value") {
    return TypeError("You can only sort by either \"key\" or \"value\"");
  }
  if (value.is_undefined()) return UndefinedError(value);
  const Dict* dict = value.dict_if();
  if (dict == nullptr) {
    return TypeError(absl::StrCat("dictsort() expected a mapping, found ",
                                  value.TypeName()));
  }
  std::vector<Keyed> keyed;
  for (const auto& [key, item] : dict->entries()) {
    SPACEMOE_ASSIGN_OR_RETURN(Value pair, runtime.Tuple({key, item}));
    const Value& sort_key = by == "key" ? key : item;
    keyed.push_back({{FoldCase(sort_key, bound.BoolOr(0, false))}, pair});
  }
  SPACEMOE_RETURN_IF_ERROR(StableSort(runtime, bound.BoolOr(2, false), &keyed));
  return runtime.List(ItemsIn(std::move(keyed)));
}

Result Unique(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound,
      BoundArgs::Bind("unique", args, {"case_sensitive", "attribute"}));
  SPACEMOE_ASSIGN_OR_RETURN(
      auto keyed,
      KeyAll(runtime, value, bound.Or(1, Value()), bound.BoolOr(0, false)));
  Dict seen;
  std::vector<Value> items;
  for (Keyed& entry : keyed) {
    SPACEMOE_ASSIGN_OR_RETURN(const Value key, entry.keys.size() == 1
                                                   ? Result(entry.keys[0])
                                                   : runtime.Tuple(entry.keys));
    if (seen.Find(key) != nullptr) continue;
    if (!seen.Set(key, Value())) {
      return TypeError(absl::StrCat("unhashable type: '", key.TypeName(), "'"));
    }
    items.push_back(std::move(entry.item));
  }
  return runtime.Iterator(std::move(items));
}

template <bool want_max>
Result Extreme(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind(want_max ? "max" : "min", args,
                                            {"case_sensitive", "attribute"}));
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto keyed,
      KeyAll(runtime, value, bound.Or(1, Value()), bound.BoolOr(0, false)));
  if (keyed.empty()) {
    return Value::MakeUndefined("No aggregated item, sequence was empty.");
  }
  const Keyed* best = &keyed.front();
  for (const Keyed& candidate : keyed) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool better,
                              want_max ? LessKeys(runtime, *best, candidate)
                                       : LessKeys(runtime, candidate, *best));
    if (better) best = &candidate;
  }
  return best->item;
}

constexpr FilterEntry kFilters[] = {
    {"sort", Sort},          {"dictsort", DictSort}, {"unique", Unique},
    {"min", Extreme<false>}, {"max", Extreme<true>},
};

}  // namespace

std::span<const FilterEntry> SortingFilters() { return kFilters; }

}  // namespace spacemoe::jinja
