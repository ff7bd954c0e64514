// What templates can call, and values that change: namespaces, loops, macros.
#ifndef SPACEMOE_MODELS_CHAT_OBJECT_H_
#define SPACEMOE_MODELS_CHAT_OBJECT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/chat/value.h"

namespace spacemoe::jinja {

class Runtime;

// The arguments of a call.
struct Args {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

// Owned by the Runtime; values point to it.
class Object {
 public:
  virtual ~Object() = default;
  virtual std::string TypeName() const = 0;
  // Nothing where there is no such attribute.
  virtual absl::StatusOr<std::optional<Value>> Attribute(
      Runtime& runtime, const std::string& name);
  virtual bool is_callable() const { return false; }
  virtual absl::StatusOr<Value> Call(Runtime& runtime, const Args& args);
};

// A function of the environment: range, namespace, raise_exception, ...
struct Builtin {
  const char* name;
  absl::StatusOr<Value> (*function)(Runtime&, const Args&);
};

// A method bound to its value: message.content.strip.
struct Method {
  using Function = absl::StatusOr<Value> (*)(Runtime&, const Value&,
                                             const Args&);
  Value self;
  const char* name;
  Function function;
};

// Arguments by the names of the parameters.
class BoundArgs {
 public:
  // Errors for an argument too many, unknown or given twice.
  static absl::StatusOr<BoundArgs> Bind(const std::string& callee,
                                        const Args& args,
                                        std::vector<const char*> names);

  // nullptr where it was not given.
  const Value* Get(size_t index) const;
  Value Or(size_t index, Value fallback) const;
  bool BoolOr(size_t index, bool fallback) const;
  absl::StatusOr<int64_t> IntOr(size_t index, int64_t fallback) const;
  absl::StatusOr<std::string> StringOr(size_t index,
                                       std::string fallback) const;
  // An error that names the parameter if it was not given.
  absl::StatusOr<Value> Required(size_t index) const;
  absl::StatusOr<std::string> String(size_t index) const;

 private:
  absl::Status WrongType(size_t index, const char* expected) const;

  std::string callee_;
  std::vector<const char*> names_;
  std::vector<std::optional<Value>> values_;
};

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_OBJECT_H_
