#include "models/chat/functions.h"

#include <ctime>

#include "absl/strings/str_cat.h"
#include "models/chat/methods.h"
#include "models/chat/namespace.h"
#include "models/chat/print.h"
#include "models/chat/render_runtime.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

using Result = absl::StatusOr<Value>;

// The limit of Jinja's sandbox.
constexpr int64_t kMaxRange = 100'000;

absl::Status ParseRange(const Args& args, int64_t* start, int64_t* stop,
                        int64_t* step) {
  const size_t count = args.positional.size();
  if (count < 1 || count > 3 || !args.named.empty()) {
    return TypeError("range() expected 1 to 3 arguments");
  }
  int64_t numbers[3] = {0, 0, 1};
  for (size_t i = 0; i < count; ++i) {
    const auto number = args.positional[i].AsInt();
    if (!number.has_value()) {
      return TypeError(absl::StrCat("'", args.positional[i].TypeName(),
                                    "' object cannot be interpreted as an "
                                    "integer"));
    }
    numbers[count == 1 ? 1 : i] = *number;
  }
  *start = numbers[0];
  *stop = numbers[1];
  *step = numbers[2];
  if (*step == 0) return TypeError("range() arg 3 must not be zero");
  return absl::OkStatus();
}

Result Range(Runtime& runtime, const Args& args) {
  int64_t start = 0;
  int64_t stop = 0;
  int64_t step = 1;
  SPACEMOE_RETURN_IF_ERROR(ParseRange(args, &start, &stop, &step));
  std::vector<Value> items;
  // In 128 bits: no sum of two numbers overflows.
  for (__int128 i = start; step > 0 ? i < stop : i > stop; i += step) {
    if (items.size() >= kMaxRange) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (",
          kMaxRange, ")."));
    }
    items.push_back(Value::Int(static_cast<int64_t>(i)));
  }
  SPACEMOE_ASSIGN_OR_RETURN(
      Value range,
      runtime.MakeSequence(SequenceKind::kRange, std::move(items)));
  range.sequence_if()->text =
      absl::StrCat("range(", start, ", ", stop,
                   step == 1 ? "" : absl::StrCat(", ", step), ")");
  return range;
}

absl::Status SetPair(Runtime& runtime, const Value& pair, Dict* dict) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto items, ItemsOf(runtime, pair));
  if (items.size() != 2) {
    return TypeError("dict() expected a sequence of pairs");
  }
  if (dict->Set(items[0], items[1])) return absl::OkStatus();
  return TypeError(
      absl::StrCat("unhashable type: '", items[0].TypeName(), "'"));
}

absl::StatusOr<Dict> DictOf(Runtime& runtime, const Args& args) {
  if (args.positional.size() > 1) {
    return TypeError("dict() expected at most 1 argument");
  }
  Dict dict;
  if (!args.positional.empty()) {
    const Value& from = args.positional[0];
    if (from.dict_if() != nullptr) {
      dict = *from.dict_if();
    } else {
      SPACEMOE_ASSIGN_OR_RETURN(const auto pairs, ItemsOf(runtime, from));
      for (const Value& pair : pairs) {
        SPACEMOE_RETURN_IF_ERROR(SetPair(runtime, pair, &dict));
      }
    }
  }
  for (const auto& [name, value] : args.named) {
    dict.Set(Value::String(name), value);
  }
  return dict;
}

Result MakeDict(Runtime& runtime, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(Dict dict, DictOf(runtime, args));
  return runtime.MakeDict(std::move(dict));
}

Result MakeNamespace(Runtime& runtime, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const Dict dict, DictOf(runtime, args));
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(dict.entries().size())));
  auto* space = runtime.New<Namespace>();
  for (const auto& [key, value] : dict.entries()) {
    if (!key.is_string()) return TypeError("namespace keys must be strings");
    space->Set(*key.string_if(), value);
  }
  return Value::Of(space);
}

// Gives nothing the first time it is called, then its separator.
class Joiner : public Object {
 public:
  explicit Joiner(Value separator) : separator_(std::move(separator)) {}
  std::string TypeName() const override { return "Joiner"; }
  bool is_callable() const override { return true; }
  Result Call(Runtime&, const Args&) override {
    if (used_) return separator_;
    used_ = true;
    return Value::String("");
  }

 private:
  const Value separator_;
  bool used_ = false;
};

Result MakeJoiner(Runtime& runtime, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("joiner", args, {"sep"}));
  return Value::Of(runtime.New<Joiner>(bound.Or(0, Value::String(", "))));
}

// Goes through its items again and again.
class Cycler : public Object {
 public:
  explicit Cycler(std::vector<Value> items) : items_(std::move(items)) {}
  std::string TypeName() const override { return "Cycler"; }
  absl::StatusOr<std::optional<Value>> Attribute(
      Runtime& runtime, const std::string& name) override;

 private:
  static Result Next(Runtime&, const Value& self, const Args&) {
    auto* cycler = static_cast<Cycler*>(self.object_if());
    const Value item = cycler->items_[cycler->position_];
    cycler->position_ = (cycler->position_ + 1) % cycler->items_.size();
    return item;
  }
  static Result Reset(Runtime&, const Value& self, const Args&) {
    static_cast<Cycler*>(self.object_if())->position_ = 0;
    return Value();
  }

  const std::vector<Value> items_;
  size_t position_ = 0;
};

absl::StatusOr<std::optional<Value>> Cycler::Attribute(
    Runtime&, const std::string& name) {
  const auto method = [this](const char* method_name,
                             Method::Function function) {
    return std::optional<Value>(Value::Of(std::make_shared<const Method>(
        Method{Value::Of(this), method_name, function})));
  };
  if (name == "next") return method("next", Next);
  if (name == "reset") return method("reset", Reset);
  if (name == "current") return std::optional<Value>(items_[position_]);
  return std::optional<Value>();
}

Result MakeCycler(Runtime& runtime, const Args& args) {
  if (args.positional.empty()) {
    return TypeError("at least one item has to be provided");
  }
  SPACEMOE_RETURN_IF_ERROR(
      runtime.Charge(static_cast<int64_t>(args.positional.size())));
  return Value::Of(runtime.New<Cycler>(args.positional));
}

// FailedPrecondition marks an error that the template itself raises.
Result RaiseException(Runtime& runtime, const Args& args) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto bound, BoundArgs::Bind("raise_exception", args, {"message"}));
  SPACEMOE_ASSIGN_OR_RETURN(const Value message, bound.Required(0));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string text, ToText(runtime, message));
  return absl::FailedPreconditionError(text);
}

Result StrftimeNow(Runtime& runtime, const Args& args) {
  constexpr size_t kMaxDate = 4096;
  SPACEMOE_ASSIGN_OR_RETURN(const auto bound,
                            BoundArgs::Bind("strftime_now", args, {"format"}));
  SPACEMOE_ASSIGN_OR_RETURN(const std::string format, bound.String(0));
  if (format.size() > kMaxDate / 16) {
    return absl::ResourceExhaustedError("strftime_now(): the format is long");
  }
  const std::tm local = absl::ToTM(runtime.now(), absl::LocalTimeZone());
  char buffer[kMaxDate];
  const size_t length =
      std::strftime(buffer, sizeof(buffer), format.c_str(), &local);
  return runtime.String(std::string(buffer, length));
}

constexpr Builtin kFunctions[] = {
    {"range", Range},
    {"dict", MakeDict},
    {"namespace", MakeNamespace},
    {"joiner", MakeJoiner},
    {"cycler", MakeCycler},
    {"raise_exception", RaiseException},
    {"strftime_now", StrftimeNow},
};

}  // namespace

void DefineFunctions(Scope* scope) {
  for (const Builtin& function : kFunctions) {
    scope->Set(function.name, Value::Of(&function));
  }
}

}  // namespace spacemoe::jinja
