#include "models/chat/value.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "models/chat/object.h"

namespace spacemoe::jinja {
namespace {

const char* NameOf(SequenceKind kind) {
  switch (kind) {
    case SequenceKind::kList:
      return "list";
    case SequenceKind::kTuple:
      return "tuple";
    case SequenceKind::kIterator:
      return "generator";
    case SequenceKind::kKeys:
      return "dict_keys";
    case SequenceKind::kValues:
      return "dict_values";
    case SequenceKind::kItems:
      return "dict_items";
    case SequenceKind::kRange:
      return "range";
  }
  return "";
}

std::optional<std::string> KeyOfNumber(double number) {
  const bool whole = std::floor(number) == number && std::abs(number) < 0x1p62;
  if (whole) return absl::StrCat("i", static_cast<int64_t>(number));
  return absl::StrCat(
      "f", absl::string_view(reinterpret_cast<char*>(&number), sizeof(number)));
}

// Equal for keys that Python holds for equal; nothing for what has no hash.
std::optional<std::string> KeyOf(const Value& key);

std::optional<std::string> KeyOfTuple(const Sequence& tuple) {
  std::string joined = "t";
  for (const Value& item : tuple.items) {
    const auto part = KeyOf(item);
    if (!part.has_value()) return std::nullopt;
    absl::StrAppend(&joined, part->size(), ":", *part);
  }
  return joined;
}

std::optional<std::string> KeyOf(const Value& key) {
  if (const std::string* text = key.string_if())
    return absl::StrCat("s", *text);
  if (const auto whole = key.AsInt()) return absl::StrCat("i", *whole);
  if (const auto number = key.AsNumber()) return KeyOfNumber(*number);
  if (key.is_none()) return "n";
  const Sequence* sequence = key.sequence_if();
  const bool tuple =
      sequence != nullptr && sequence->kind == SequenceKind::kTuple;
  return tuple ? KeyOfTuple(*sequence) : std::nullopt;
}

}  // namespace

Value Value::MakeUndefined(std::string message) {
  return Value(
      Data(Undefined{std::make_shared<const std::string>(std::move(message))}));
}

Value Value::String(std::string value) {
  return Value(Data(std::make_shared<const std::string>(std::move(value))));
}

Value Value::Of(std::shared_ptr<Sequence> sequence) {
  return Value(Data(std::move(sequence)));
}

Value Value::Of(std::shared_ptr<const Dict> dict) {
  return Value(Data(std::move(dict)));
}

Value Value::Of(std::shared_ptr<const Method> method) {
  return Value(Data(std::move(method)));
}

const std::string* Value::string_if() const {
  const auto* data = std::get_if<std::shared_ptr<const std::string>>(&data_);
  return data == nullptr ? nullptr : data->get();
}

Sequence* Value::sequence_if() const {
  const auto* data = std::get_if<std::shared_ptr<Sequence>>(&data_);
  return data == nullptr ? nullptr : data->get();
}

const Dict* Value::dict_if() const {
  const auto* data = std::get_if<std::shared_ptr<const Dict>>(&data_);
  return data == nullptr ? nullptr : data->get();
}

Object* Value::object_if() const {
  const auto* data = std::get_if<Object*>(&data_);
  return data == nullptr ? nullptr : *data;
}

const Builtin* Value::builtin_if() const {
  const auto* data = std::get_if<const Builtin*>(&data_);
  return data == nullptr ? nullptr : *data;
}

const Method* Value::method_if() const {
  const auto* data = std::get_if<std::shared_ptr<const Method>>(&data_);
  return data == nullptr ? nullptr : data->get();
}

std::optional<int64_t> Value::AsInt() const {
  if (const auto* flag = std::get_if<bool>(&data_)) return *flag ? 1 : 0;
  if (const auto* number = std::get_if<int64_t>(&data_)) return *number;
  return std::nullopt;
}

std::optional<double> Value::AsNumber() const {
  if (const auto whole = AsInt()) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&data_)) return *number;
  return std::nullopt;
}

const std::string& Value::undefined_message() const {
  return *std::get<Undefined>(data_).message;
}

bool Value::Truthy() const {
  if (is_undefined() || is_none()) return false;
  if (const auto number = AsNumber()) return *number != 0;
  if (const std::string* text = string_if()) return !text->empty();
  if (const Dict* dict = dict_if()) return !dict->entries().empty();
  const Sequence* sequence = sequence_if();
  const bool sized =
      sequence != nullptr && sequence->kind != SequenceKind::kIterator;
  return !sized || !sequence->items.empty();
}

bool Value::IsCallable() const {
  if (const Object* object = object_if()) return object->is_callable();
  return builtin_if() != nullptr || method_if() != nullptr || is_undefined();
}

std::string Value::TypeName() const {
  if (is_undefined()) return "Undefined";
  if (is_none()) return "NoneType";
  if (is_bool()) return "bool";
  if (is_int()) return "int";
  if (is_float()) return "float";
  if (is_string()) return "str";
  if (const Sequence* sequence = sequence_if()) return NameOf(sequence->kind);
  if (dict_if() != nullptr) return "dict";
  if (const Object* object = object_if()) return object->TypeName();
  return "builtin_function_or_method";
}

bool Value::IsSame(const Value& other) const {
  if (data_.index() != other.data_.index()) return false;
  if (is_none()) return true;
  if (is_number()) return AsNumber() == other.AsNumber();
  if (string_if() != nullptr) return *string_if() == *other.string_if();
  if (sequence_if() != nullptr) return sequence_if() == other.sequence_if();
  if (dict_if() != nullptr) return dict_if() == other.dict_if();
  if (object_if() != nullptr) return object_if() == other.object_if();
  return builtin_if() != nullptr && builtin_if() == other.builtin_if();
}

bool Dict::Set(const Value& key, Value value) {
  auto name = KeyOf(key);
  if (!name.has_value()) return false;
  depth_ = std::max({depth_, 1 + DepthOf(key), 1 + DepthOf(value)});
  const auto [entry, added] =
      index_.try_emplace(*std::move(name), entries_.size());
  if (added) {
    entries_.emplace_back(key, std::move(value));
  } else {
    entries_[entry->second].second = std::move(value);
  }
  return true;
}

const Value* Dict::Find(const Value& key) const {
  const auto name = KeyOf(key);
  if (!name.has_value()) return nullptr;
  const auto entry = index_.find(*name);
  return entry == index_.end() ? nullptr : &entries_[entry->second].second;
}

const Value* Dict::Find(std::string_view key) const {
  const auto entry = index_.find(absl::StrCat("s", std::string(key)));
  return entry == index_.end() ? nullptr : &entries_[entry->second].second;
}

int DepthOf(const Value& value) {
  if (const Sequence* sequence = value.sequence_if()) return sequence->depth;
  if (const Dict* dict = value.dict_if()) return dict->depth();
  return 0;
}

}  // namespace spacemoe::jinja
