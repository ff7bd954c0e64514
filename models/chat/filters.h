// The filters: value | name(args).
#ifndef SPACEMOE_MODELS_CHAT_FILTERS_H_
#define SPACEMOE_MODELS_CHAT_FILTERS_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "models/chat/render_runtime.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

// Unimplemented for a filter that is not known, with its name.
absl::StatusOr<Value> ApplyFilter(Runtime& runtime, const std::string& name,
                                  const Value& value, const Args& args);

struct FilterEntry {
  const char* name;
  absl::StatusOr<Value> (*function)(Runtime&, const Value&, const Args&);
};

// The tables that ApplyFilter looks into.
std::span<const FilterEntry> TextFilters();
std::span<const FilterEntry> ConversionFilters();
std::span<const FilterEntry> SequenceFilters();
std::span<const FilterEntry> SelectionFilters();
std::span<const FilterEntry> SortingFilters();

// "a.b.0" of each value, as the parameter `attribute` of filters means it.
// An int takes that item.
absl::StatusOr<Value> GetPath(Runtime& runtime, const Value& value,
                              const Value& path);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_FILTERS_H_
