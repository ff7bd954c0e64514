// namespace(...): the one value whose attributes a template may set.
#ifndef SPACEMOE_MODELS_CHAT_NAMESPACE_H_
#define SPACEMOE_MODELS_CHAT_NAMESPACE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/chat/object.h"

namespace spacemoe::jinja {

class Namespace : public Object {
 public:
  std::string TypeName() const override { return "Namespace"; }
  absl::StatusOr<std::optional<Value>> Attribute(
      Runtime&, const std::string& name) override {
    for (const auto& [key, value] : attributes_) {
      if (key == name) return std::optional<Value>(value);
    }
    return std::optional<Value>();
  }
  void Set(const std::string& name, Value value) {
    for (auto& [key, old] : attributes_) {
      if (key == name) {
        old = std::move(value);
        return;
      }
    }
    attributes_.emplace_back(name, std::move(value));
  }
  const std::vector<std::pair<std::string, Value>>& attributes() const {
    return attributes_;
  }

 private:
  std::vector<std::pair<std::string, Value>> attributes_;
};

}  // namespace spacemoe::jinja

#endif  // SPACEMOE_MODELS_CHAT_NAMESPACE_H_
