#include "models/chat/render_runtime.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "models/chat/text.h"
#include "models/tokenizer/utf8.h"
#include "runtime/base/status_macros.h"

namespace spacemoe::jinja {
namespace {

// A character as a value of its own takes more than an item of a list.
constexpr int64_t kCharacterWork = 4;

absl::Status TooDeepValue() {
  return absl::ResourceExhaustedError(absl::StrCat(
      "lists and dicts are nested more than ", kMaxValueDepth, " deep"));
}

std::vector<Value> TakeRest(Sequence* iterator) {
  std::vector<Value> rest(iterator->items.begin() + iterator->position,
                          iterator->items.end());
  iterator->position = iterator->items.size();
  return rest;
}

std::vector<Value> KeysOf(const Dict& dict) {
  std::vector<Value> keys;
  for (const auto& [key, value] : dict.entries()) keys.push_back(key);
  return keys;
}

std::vector<Value> CharactersOf(const std::string& text) {
  std::vector<Value> characters;
  for (const std::string_view character : SplitCharacters(text)) {
    characters.push_back(Value::String(std::string(character)));
  }
  return characters;
}

}  // namespace

absl::Status Runtime::Charge(int64_t units) {
  work_ += units;
  if (work_ <= kMaxWork) return absl::OkStatus();
  return absl::ResourceExhaustedError("the template does too much work");
}

absl::Status Runtime::CheckTextSize(size_t bytes) const {
  if (bytes <= kMaxTextBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("a text grows beyond ", kMaxTextBytes, " bytes"));
}

absl::StatusOr<Value> Runtime::String(std::string text) {
  SPACEMOE_RETURN_IF_ERROR(CheckTextSize(text.size()));
  SPACEMOE_RETURN_IF_ERROR(ChargeBytes(text.size()));
  return Value::String(std::move(text));
}

absl::StatusOr<Value> Runtime::MakeSequence(SequenceKind kind,
                                            std::vector<Value> items) {
  SPACEMOE_RETURN_IF_ERROR(Charge(1 + static_cast<int64_t>(items.size())));
  auto sequence = std::make_shared<Sequence>();
  sequence->kind = kind;
  for (const Value& item : items) {
    sequence->depth = std::max(sequence->depth, 1 + DepthOf(item));
  }
  if (sequence->depth > kMaxValueDepth) return TooDeepValue();
  sequence->items = std::move(items);
  return Value::Of(std::move(sequence));
}

absl::StatusOr<Value> Runtime::MakeDict(Dict dict) {
  SPACEMOE_RETURN_IF_ERROR(
      Charge(1 + static_cast<int64_t>(dict.entries().size())));
  if (dict.depth() > kMaxValueDepth) return TooDeepValue();
  return Value::Of(std::make_shared<const Dict>(std::move(dict)));
}

absl::Status DepthGuard::Check() const {
  if (runtime_.depth_ <= kMaxCallDepth) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("more than ", kMaxCallDepth,
                   " nested calls and expressions (endless recursion?)"));
}

absl::StatusOr<Value> CallValue(Runtime& runtime, const Value& callee,
                                const Args& args) {
  if (callee.is_undefined()) return UndefinedError(callee);
  if (const Builtin* builtin = callee.builtin_if()) {
    return builtin->function(runtime, args);
  }
  if (const Method* method = callee.method_if()) {
    return method->function(runtime, method->self, args);
  }
  if (Object* object = callee.object_if()) return object->Call(runtime, args);
  return TypeError(
      absl::StrCat("'", callee.TypeName(), "' object is not callable"));
}

absl::StatusOr<std::vector<Value>> ItemsOf(Runtime& runtime,
                                           const Value& value) {
  std::vector<Value> items;
  if (value.is_undefined()) return items;
  if (Sequence* sequence = value.sequence_if()) {
    items = sequence->kind == SequenceKind::kIterator ? TakeRest(sequence)
                                                      : sequence->items;
  } else if (const Dict* dict = value.dict_if()) {
    items = KeysOf(*dict);
  } else if (const std::string* text = value.string_if()) {
    SPACEMOE_RETURN_IF_ERROR(
        runtime.Charge(static_cast<int64_t>(text->size()) * kCharacterWork));
    items = CharactersOf(*text);
  } else {
    return TypeError(
        absl::StrCat("'", value.TypeName(), "' object is not iterable"));
  }
  SPACEMOE_RETURN_IF_ERROR(runtime.Charge(static_cast<int64_t>(items.size())));
  return items;
}

absl::StatusOr<int64_t> LengthOf(const Value& value) {
  if (value.is_undefined()) return 0;
  if (const std::string* text = value.string_if())
    return CountCharacters(*text);
  if (const Dict* dict = value.dict_if()) {
    return static_cast<int64_t>(dict->entries().size());
  }
  const Sequence* sequence = value.sequence_if();
  if (sequence != nullptr && sequence->kind != SequenceKind::kIterator) {
    return static_cast<int64_t>(sequence->items.size());
  }
  return TypeError(
      absl::StrCat("object of type '", value.TypeName(), "' has no len()"));
}

absl::Status TypeError(const std::string& message) {
  return absl::InvalidArgumentError(message);
}

absl::Status UndefinedError(const Value& value) {
  return absl::InvalidArgumentError(value.undefined_message());
}

}  // namespace spacemoe::jinja
