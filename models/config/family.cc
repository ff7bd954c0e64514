#include "models/config/family.h"

#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/config/families/families.h"

namespace spacemoe {

std::span<const Family* const> Families() {
  static const std::array kFamilies = {
      &MixtralFamily(),    &GraniteMoeFamily(), &GraniteMoeSharedFamily(),
      &Qwen2MoeFamily(),   &Qwen3MoeFamily(),   &OlmoeFamily(),
      &FlexOlmoFamily(),   &PhimoeFamily(),     &DeepseekV2Family(),
      &DeepseekV3Family(), &Glm4MoeFamily(),    &Glm4MoeLiteFamily(),
      &Dots1Family(),      &Ernie45MoeFamily(), &HunyuanV1MoeFamily(),
      &MinimaxM2Family(),  &GptOssFamily(),     &Llama4TextFamily(),
      &LlamaMoeFamily()};
  return kFamilies;
}

std::string KnownFamilies() {
  return absl::StrJoin(Families(), ", ",
                       [](std::string* out, const Family* family) {
                         out->append(std::string(family->name));
                       });
}

absl::StatusOr<const Family*> FindFamily(std::string_view name) {
  for (const Family* family : Families()) {
    if (family->name == name) return family;
  }
  return absl::NotFoundError(absl::StrCat("unknown model family '",
                                          std::string(name),
                                          "'; known: ", KnownFamilies()));
}

}  // namespace spacemoe
