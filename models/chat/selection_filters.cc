// map, select, reject, selectattr, rejectattr.
#include "absl/strings/str_cat.h"
#include "models/chat/filters.h"
#include "models/chat/value_tests.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

// The arguments behind the first `count`.
Args Behind(const Args& args, size_t count) {
  Args rest = args;
  rest.positional.erase(
      rest.positional.begin(),
      rest.positional.begin() +
          static_cast<int64_t>(std::min(count, rest.positional.size())));
  return rest;
}

Result MapAttribute(Runtime& runtime, const std::vector<Value>& items,
                    const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound, BoundArgs::Bind("map", args, {"attribute", "default"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value path, bound.Required(0));
  std::vector<Value> mapped;
  for (const Value& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(Value value, GetPath(runtime, item, path));
    const Value* fallback = bound.Get(1);
    const bool replace = value.is_undefined() && fallback != nullptr;
    mapped.push_back(replace ? *fallback : std::move(value));
  }
  return runtime.Iterator(std::move(mapped));
}

Result Map(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  const bool by_attribute = args.positional.empty() && !args.named.empty() &&
                            args.named[0].first == "attribute";
  if (by_attribute) return MapAttribute(runtime, items, args);
  if (args.positional.empty() || !args.positional[0].is_string()) {
    return TypeError("map requires a filter argument");
  }
  const std::string& filter = *args.positional[0].string_if();
  const Args rest = Behind(args, 1);
  std::vector<Value> mapped;
  for (const Value& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(Value result,
                              ApplyFilter(runtime, filter, item, rest));
    mapped.push_back(std::move(result));
  }
  return runtime.Iterator(std::move(mapped));
}

// What select and its kin ask of each item.
struct Question {
  std::optional<Value> path;        // of which attribute
  std::optional<std::string> test;  // nothing: whether it is true
  Args args;
};

absl::StatusOr<Question> ParseQuestion(const Args& args, bool of_attribute) {
  Question question;
  const size_t skip = of_attribute ? 1 : 0;
  if (args.positional.size() < skip) {
    return TypeError("Missing parameter for attribute name");
  }
  if (of_attribute) question.path = args.positional[0];
  if (args.positional.size() > skip) {
    const std::string* name = args.positional[skip].string_if();
    if (name == nullptr) return TypeError("expected the name of a test");
    question.test = *name;
  }
  question.args = Behind(args, skip + 1);
  return question;
}

absl::StatusOr<bool> Answer(Runtime& runtime, const Question& question,
                            const Value& item) {
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(1));
  Value subject = item;
  if (question.path.has_value()) {
    SPACEMOE_ASSIGN_OR_RETURN(subject, GetPath(runtime, item, *question.path));
  }
  if (!question.test.has_value()) return subject.Truthy();
  return ApplyTest(runtime, *question.test, subject, question.args);
}

template <bool wanted, bool of_attribute>
Result Choose(Runtime& runtime, const Value& value, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const Question question,
                            ParseQuestion(args, of_attribute));
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, value));
  std::vector<Value> chosen;
  for (const Value& item : items) {
    SPACEMOE_ASSIGN_OR_RETURN(const bool holds,
                              Answer(runtime, question, item));
    if (holds == wanted) chosen.push_back(item);
  }
  return runtime.Iterator(std::move(chosen));
}

constexpr FilterEntry kFilters[] = {
    {"map", Map},
    {"select", Choose<true, false>},
    {"reject", Choose<false, false>},
    {"selectattr", Choose<true, true>},
    {"rejectattr", Choose<false, true>},
};

}  // namespace

std::span<const FilterEntry> SelectionFilters() { return kFilters; }

}  // namespace spacemoe::jinja
