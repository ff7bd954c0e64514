// Hashing that lets a map of std::string be asked with a std::string_view,
// whichever string_view Abseil was built with.
#ifndef SPACEMOE_MODELS_TOKENIZER_STRING_HASH_H_
#define SPACEMOE_MODELS_TOKENIZER_STRING_HASH_H_

#include <cstddef>
#include <functional>
#include <string_view>

namespace spacemoe {

struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

struct StringEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return a == b;
  }
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TOKENIZER_STRING_HASH_H_
