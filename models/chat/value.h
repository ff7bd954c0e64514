// The values of a template, with the types and the meaning they have in
// Python.
#ifndef SPACEMOE_MODELS_CHAT_VALUE_H_
#define SPACEMOE_MODELS_CHAT_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "models/tokenizer/string_hash.h"

namespace spacemoe::jinja {

class Dict;
class Object;
struct Builtin;
struct Method;
struct Sequence;

// Cheap to copy: what is large is shared, and nothing that is shared changes,
// but for iterators (that are used up) and objects.
class Value {
 public:
  struct Undefined {
    std::shared_ptr<const std::string> message;  // why, for errors
  };
  struct None {};

  Value() : data_(None()) {}
  static Value MakeUndefined(std::string message);
  static Value Bool(bool value) { return Value(Data(value)); }
  static Value Int(int64_t value) { return Value(Data(value)); }
  static Value Float(double value) { return Value(Data(value)); }
  // Valid UTF-8. Templates make strings through Runtime, which counts them.
  static Value String(std::string value);
  static Value Of(std::shared_ptr<Sequence> sequence);
  static Value Of(std::shared_ptr<const Dict> dict);
  static Value Of(std::shared_ptr<const Method> method);
  static Value Of(Object* object) { return Value(Data(object)); }
  static Value Of(const Builtin* builtin) { return Value(Data(builtin)); }

  bool is_undefined() const { return Is<Undefined>(); }
  bool is_none() const { return Is<None>(); }
  bool is_bool() const { return Is<bool>(); }
  bool is_int() const { return Is<int64_t>(); }
  bool is_float() const { return Is<double>(); }
  bool is_string() const { return string_if() != nullptr; }
  bool is_number() const { return is_bool() || is_int() || is_float(); }

  // nullptr where the value is of another type.
  const std::string* string_if() const;
  Sequence* sequence_if() const;
  const Dict* dict_if() const;
  Object* object_if() const;
  const Builtin* builtin_if() const;
  const Method* method_if() const;

  // A bool or an int, as Python's index arguments take them.
  std::optional<int64_t> AsInt() const;
  // A bool, an int or a float.
  std::optional<double> AsNumber() const;
  const std::string& undefined_message() const;

  bool Truthy() const;
  bool IsCallable() const;
  // "str", "int", "list", ...
  std::string TypeName() const;
  // The same object in memory, or the same None, True, False.
  bool IsSame(const Value& other) const;

 private:
  using Data =
      std::variant<Undefined, None, bool, int64_t, double,
                   std::shared_ptr<const std::string>,
                   std::shared_ptr<Sequence>, std::shared_ptr<const Dict>,
                   std::shared_ptr<const Method>, Object*, const Builtin*>;
  explicit Value(Data data) : data_(std::move(data)) {}
  template <typename T>
  bool Is() const {
    return std::holds_alternative<T>(data_);
  }

  Data data_;
};

enum class SequenceKind {
  kList,
  kTuple,
  kIterator,  // what map, select, reverse, ... give; used up by reading
  kKeys,
  kValues,
  kItems,
  kRange,
};

struct Sequence {
  SequenceKind kind = SequenceKind::kList;
  std::vector<Value> items;
  int depth = 1;        // levels of containers
  size_t position = 0;  // of an iterator: how many items are used up
  std::string text;     // of a range: how it prints

  // Whether it has a length and takes an index.
  bool is_indexable() const {
    return kind == SequenceKind::kList || kind == SequenceKind::kTuple ||
           kind == SequenceKind::kRange;
  }
};

// Keeps the order of insertion.
class Dict {
 public:
  using Entry = std::pair<Value, Value>;

  // False if the key can not be one (a list, a dict, an object).
  bool Set(const Value& key, Value value);
  const Value* Find(const Value& key) const;
  const Value* Find(std::string_view key) const;

  const std::vector<Entry>& entries() const { return entries_; }
  int depth() const { return depth_; }

 private:
  std::vector<Entry> entries_;
  absl::flat_hash_map<std::string, size_t, StringHash, StringEqual> index_;
  int depth_ = 1;
};

// Levels of containers in a value; 0 for what is none.
int DepthOf(const Value& value);

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_VALUE_H_
