#include "models/chat/filters.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "models/chat/attributes.h"
#include "models/chat/text.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Function = decltype(FilterEntry::function);

const absl::flat_hash_map<std::string, Function>& AllFilters() {
  static const auto* const filters = [] {
    auto* table = new absl::flat_hash_map<std::string, Function>;
    for (const auto entries :
         {TextFilters(), ConversionFilters(), SequenceFilters(),
          SelectionFilters(), SortingFilters()}) {
      for (const FilterEntry& entry : entries) {
        table->emplace(entry.name, entry.function);
      }
    }
    return table;
  }();
  return *filters;
}

bool IsIndex(std::string_view text) {
  return !text.empty() && text.size() < 10 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

absl::StatusOr<Value> ApplyFilter(Runtime& runtime, const std::string& name,
                                  const Value& value, const Args& args) {
  const auto filter = AllFilters().find(name);
  if (filter == AllFilters().end()) {
    return absl::UnimplementedError(
        absl::StrCat("No filter named '", name, "'"));
  }
  const DepthGuard guard(runtime);
  SPACEMOE_RETURN_IF_ERROR(guard.Check());
  return filter->second(runtime, value, args);
}

absl::StatusOr<Value> GetPath(Runtime& runtime, const Value& value,
                              const Value& path) {
  if (!path.is_string()) return GetItem(runtime, value, path);
  Value current = value;
  for (const std::string_view part : SplitText(*path.string_if(), ".", -1)) {
    const Value key = IsIndex(part) ? Value::Int(std::stoll(std::string(part)))
                                    : Value::String(std::string(part));
    SPACEMOE_ASSIGN_OR_RETURN(current, GetItem(runtime, current, key));
  }
  return current;
}

}  // namespace spacemoe::jinja
