#include "models/engine/libtorch_version.h"

#include <ATen/Version.h>

#include <string_view>

namespace spacemoe {

std::string LibtorchVersion() {
  constexpr std::string_view kKey = "TORCH_VERSION=";
  const std::string settings = at::show_config();
  const size_t key = settings.find(kKey);
  if (key == settings.npos) return "";
  const size_t begin = key + kKey.size();
  return settings.substr(begin, settings.find_first_of(", \n", begin) - begin);
}

}  // namespace spacemoe
